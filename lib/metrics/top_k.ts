import { requireMap, requireOrdered, requireSameSize } from "./check.ts";
import type { MapData } from "./map_data.ts";

/**
 * The K largest pixels of a map (Section 3.1), the largest first. Ties go to
 * the lower index, so a constant map gives the first K pixels.
 *
 * @param map one number a pixel
 * @param k how many, 1 to the number of pixels
 * @returns pixel indices
 * @throws {RangeError} when K is out of range or the map holds NaN
 * @throws {TypeError} when the map is no list of numbers
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(topK([0.1, 0.7, 0.3, 0.7], 3), [1, 3, 2]);
 * ```
 */
export function topK(map: MapData, k: number): number[] {
  requireMap(map);
  if (!Number.isInteger(k) || k < 1 || k > map.length) {
    throw new RangeError(
      `K must be a whole number from 1 to ${map.length}, the pixels of the map; it is ${k}`,
    );
  }
  // What insertion moves grows with K², sorting hardly grows with K.
  return k * k <= map.length ? topKByInsertion(map, k) : topKBySorting(map, k);
}

/** Keeps the best K in order; a pixel moves up from the back to its place. */
function topKByInsertion(map: MapData, k: number): number[] {
  const best: number[] = [];
  for (let pixel = 0; pixel < k; pixel++) insert(best, map, pixel, pixel);
  let smallest = map[best[k - 1]];
  for (let pixel = k; pixel < map.length; pixel++) {
    // Not ">", which would let NaN pass.
    if (!(map[pixel] <= smallest)) {
      insert(best, map, pixel, k - 1);
      smallest = map[best[k - 1]];
    }
  }
  return best;
}

function insert(best: number[], map: MapData, pixel: number, place: number) {
  const value = map[pixel];
  if (Number.isNaN(value)) requireOrdered(map);
  for (; place > 0 && value > map[best[place - 1]]; place--) {
    best[place] = best[place - 1];
  }
  best[place] = pixel;
}

/** Sorts the values alone, then gives every pixel its value's next free place. */
function topKBySorting(map: MapData, k: number): number[] {
  requireOrdered(map);
  const descending = Float64Array.from(map).sort().reverse().subarray(0, k);
  const smallest = descending[k - 1];
  const taken = new Int32Array(k);
  const pixels: number[] = new Array(k).fill(0);
  for (let pixel = 0; pixel < map.length; pixel++) {
    const value = map[pixel];
    if (value < smallest) continue;
    const first = firstPlace(descending, value);
    const place = first + taken[first]++;
    // Of the pixels equal to the smallest, there may be more than places.
    if (place < k) pixels[place] = pixel;
  }
  return pixels;
}

/** The first place of a value among descending ones. */
function firstPlace(descending: Float64Array, value: number): number {
  let low = 0;
  let high = descending.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (descending[middle] <= value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Metric 1, top-K agreement: how many pixels two top-K sets share.
 *
 * @param a pixel indices of one map
 * @param b as many pixel indices of the other
 * @throws {RangeError} when the sets differ in size, or one holds something else
 * than pixel indices
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
  if (a.length !== b.length || !areIndices(a) || !areIndices(b)) {
    throw new RangeError(
      "agreement is that of two sets of as many pixel indices, as topK() gives them",
    );
  }
  // A short list is searched faster than a set is made.
  const isShared = b.length <= SHORT
    ? (pixel: number) => b.includes(pixel)
    : inSet(b);
  let shared = 0;
  for (const pixel of a) if (isShared(pixel)) shared++;
  return shared;
}

function areIndices(pixels: readonly number[]): boolean {
  for (const pixel of pixels) {
    if (!Number.isInteger(pixel) || pixel < 0) return false;
  }
  return true;
}

/** Up to this length, `includes` is faster than a set. */
const SHORT = 16;

function inSet(pixels: readonly number[]): (pixel: number) => boolean {
  const set = new Set(pixels);
  return (pixel) => set.has(pixel);
}

/**
 * Top-K agreement for every K from 1 to the number of pixels: a pixel is in
 * both sets from the K on that reaches its lower rank of the two.
 *
 * @param a one map
 * @param b another of the same size
 * @returns the agreement at K = 1, 2, …, all pixels
 * @throws {RangeError} when the maps differ in size, are empty or hold NaN
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
  if (a.length === 0) throw new RangeError("the maps are empty");
  return sharedAtEveryK(topK(a, a.length), topK(b, b.length));
}

/**
 * As {@linkcode agreementAtEveryK}, of two orders of all pixels.
 *
 * @param a all pixels of one map, the brightest first, as {@linkcode topK} gives
 * them
 * @param b those of the other
 * @returns how many pixels the first K of both share, for K = 1, 2, …
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...sharedAtEveryK([0, 1, 2], [1, 0, 2])], [0, 2, 3]);
 * ```
 */
export function sharedAtEveryK(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
): Int32Array {
  const place = new Int32Array(b.length);
  for (let i = 0; i < b.length; i++) place[b[i]] = i;
  const shared = new Int32Array(a.length);
  for (let i = 0; i < a.length; i++) shared[Math.max(i, place[a[i]])]++;
  for (let k = 1; k < shared.length; k++) shared[k] += shared[k - 1];
  return shared;
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
