/** One map as numbers in row order. */
export type MapData = ArrayLike<number>;

/**
 * The K largest pixels of a map (Section 3.1), the largest first. Ties go to
 * the lower index, so a constant map gives the first K pixels.
 *
 * @param map one number a pixel
 * @param k how many, 1 to the number of pixels
 * @returns pixel indices
 * @throws {RangeError} when K is out of range or the map holds NaN
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(topK([0.1, 0.7, 0.3, 0.7], 3), [1, 3, 2]);
 * ```
 */
export function topK(map: MapData, k: number): number[] {
  if (!Number.isInteger(k) || k < 1 || k > map.length) {
    throw new RangeError(
      `K must be a whole number from 1 to ${map.length}, the pixels of the map; it is ${k}`,
    );
  }
  // The best so far, in order; a pixel moves up from the back to its place.
  const best: number[] = [];
  const insert = (pixel: number, place: number) => {
    const value = map[pixel];
    if (Number.isNaN(value)) {
      throw new RangeError(`the map holds NaN at pixel ${pixel}`);
    }
    for (; place > 0 && value > map[best[place - 1]]; place--) {
      best[place] = best[place - 1];
    }
    best[place] = pixel;
  };
  for (let pixel = 0; pixel < k; pixel++) insert(pixel, pixel);
  let smallest = map[best[k - 1]];
  for (let pixel = k; pixel < map.length; pixel++) {
    // Not ">", which would let NaN pass.
    if (!(map[pixel] <= smallest)) {
      insert(pixel, k - 1);
      smallest = map[best[k - 1]];
    }
  }
  return best;
}

/**
 * Metric 1, top-K agreement: how many pixels two top-K sets share.
 *
 * @param a pixel indices of one map
 * @param b pixel indices of the other
 * @returns 0 to K; at random K²/(number of pixels), see {@linkcode chanceAgreement}
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(agreement([1, 2, 3], [3, 4, 1]), 2);
 * ```
 */
export function agreement(a: readonly number[], b: readonly number[]): number {
  let shared = 0;
  for (const pixel of a) if (b.includes(pixel)) shared++;
  return shared;
}

/**
 * Top-K agreement for every K from 1 to the number of pixels: a pixel is in
 * both sets from the K on that reaches its lower rank of the two.
 *
 * @param a one map
 * @param b another of the same size
 * @returns the agreement at K = 1, 2, …, all pixels
 * @throws {RangeError} when the maps differ in size or hold NaN
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...agreementAtEveryK([3, 2, 1], [2, 3, 1])], [0, 2, 3]);
 * ```
 */
export function agreementAtEveryK(a: MapData, b: MapData): Int32Array {
  requireSameSize(a, b);
  const [ranksA, ranksB] = [ranks(a), ranks(b)];
  const agreements = new Int32Array(a.length);
  for (let pixel = 0; pixel < a.length; pixel++) {
    agreements[Math.max(ranksA[pixel], ranksB[pixel])]++;
  }
  for (let k = 1; k < agreements.length; k++) {
    agreements[k] += agreements[k - 1];
  }
  return agreements;
}

/** Each pixel's place in the order of {@linkcode topK}, from 0. */
function ranks(map: MapData): Int32Array {
  const order = Int32Array.from(map, (_, pixel) => pixel)
    .sort((p, q) => map[q] - map[p] || p - q);
  const places = new Int32Array(map.length);
  order.forEach((pixel, place) => {
    if (Number.isNaN(map[pixel])) {
      throw new RangeError(`the map holds NaN at pixel ${pixel}`);
    }
    places[pixel] = place;
  });
  return places;
}

/**
 * The top-K agreement two unrelated maps have on average: K·K/pixels, the mean
 * of the hypergeometric distribution.
 *
 * @param k size of both sets
 * @param pixels pixels in a map
 *
 * @example MNIST, K = 10
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(chanceAgreement(10, 784), 0.1276, 1e-4);
 * ```
 */
export function chanceAgreement(k: number, pixels: number): number {
  return k * k / pixels;
}

/**
 * Metric 2, maximum distance to best match: each pixel of the reference set
 * (the saliency map's top K) is matched with the nearest pixel of the other
 * (the error map's top K); the longest of these distances counts.
 *
 * @param reference pixel indices, at least one
 * @param other pixel indices, at least one
 * @param width pixels in a row
 * @returns Euclidean distance in pixels, ≥ 0
 * @throws {RangeError} when a set is empty
 *
 * @example In a row of 28 pixels, 0 is 3 from 3; below it, 28 is √10 from 3
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(maximumDistance([0, 28], [3], 28), Math.sqrt(10));
 * ```
 */
export function maximumDistance(
  reference: readonly number[],
  other: readonly number[],
  width: number,
): number {
  if (other.length === 0) {
    throw new RangeError("there is no pixel to match with: the set is empty");
  }
  let longest = 0;
  for (const pixel of reference) {
    // A pixel with a match this near cannot lengthen the distance (the early
    // break of Taha & Hanbury, 2015, for the Hausdorff distance).
    let shortest = Infinity;
    for (let i = 0; i < other.length && shortest > longest; i++) {
      shortest = Math.min(shortest, squaredDistance(pixel, other[i], width));
    }
    longest = Math.max(longest, shortest);
  }
  return Math.sqrt(longest);
}

/**
 * The pixel of a set that is nearest to a given one (the first of several).
 *
 * @param pixel a pixel index
 * @param candidates pixel indices, at least one
 * @param width pixels in a row
 * @throws {RangeError} when there is no candidate
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(bestMatch(0, [5, 29], 28), 29);
 * ```
 */
export function bestMatch(
  pixel: number,
  candidates: readonly number[],
  width: number,
): number {
  if (candidates.length === 0) {
    throw new RangeError("there is no pixel to match with: the set is empty");
  }
  let best = candidates[0];
  for (const candidate of candidates) {
    if (
      squaredDistance(pixel, candidate, width) <
        squaredDistance(pixel, best, width)
    ) best = candidate;
  }
  return best;
}

function squaredDistance(a: number, b: number, width: number): number {
  const dx = a % width - b % width;
  const dy = Math.floor(a / width) - Math.floor(b / width);
  return dx * dx + dy * dy;
}

/**
 * Mean squared error between the saliency and the error map, each scaled to
 * [0, 1] by its maximum (Section 3.1), and the same with the saliency map
 * squared after scaling (Finding 6). A map without a positive value counts as
 * all zeros.
 *
 * @param saliency one number a pixel, ≥ 0
 * @param error one number a pixel, ≥ 0
 * @throws {RangeError} when the maps differ in size
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const mse = mapMse([1, 2], [0, 8]);
 * assertEquals(mse, { saliency: 0.125, squaredSaliency: 0.03125 });
 * ```
 */
export function mapMse(
  saliency: MapData,
  error: MapData,
): { saliency: number; squaredSaliency: number } {
  requireSameSize(saliency, error);
  const pixels = saliency.length;
  const saliencyScale = 1 / (maximum(saliency) || 1);
  const errorScale = 1 / (maximum(error) || 1);
  let plain = 0;
  let squared = 0;
  for (let i = 0; i < pixels; i++) {
    const s = saliency[i] * saliencyScale;
    const e = error[i] * errorScale;
    plain += (s - e) ** 2;
    squared += (s * s - e) ** 2;
  }
  return { saliency: plain / pixels, squaredSaliency: squared / pixels };
}

function requireSameSize(a: MapData, b: MapData) {
  if (a.length !== b.length) {
    throw new RangeError(
      `the maps have ${a.length} and ${b.length} pixels; they must have the same`,
    );
  }
}

function maximum(map: MapData): number {
  let result = 0;
  for (let i = 0; i < map.length; i++) {
    const value = map[i];
    if (value > result) result = value;
  }
  return result;
}
