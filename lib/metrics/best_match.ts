import { uniformInt } from "pure-rand/distribution/uniformInt";
import type { RandomGenerator } from "../support/random.ts";
import { requireCounts } from "../support/require_counts.ts";

/**
 * Metric 2, maximum distance to best match: each pixel of the reference set
 * (the saliency map's top K) is matched with the nearest pixel of the other
 * (the error map's top K); the longest of these distances counts. Elsewhere
 * this is called the directed Hausdorff distance.
 *
 * @param reference pixel indices, at least one
 * @param other pixel indices, at least one
 * @param width pixels in a row
 * @returns Euclidean distance in pixels, ≥ 0
 * @throws {RangeError} when a set is empty, or a pixel index or the width is not
 * a whole number in its range
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
  requireWidth(width);
  const [from, to] = [points(reference, width), points(other, width)];
  const size = width * (1 + Math.max(lastRow(from), lastRow(to)));
  const squared = reference.length * other.length <= size
    ? longestByPairs(from, to)
    : longestByColumns(from, to, width);
  return Math.sqrt(squared);
}

/**
 * The mean {@linkcode maximumDistance} of unrelated maps: of two sets of K
 * pixels that are drawn at random, each pixel of the image as likely as any.
 *
 * @param k size of the sets
 * @param size of the image, pixels
 * @param options `random`: where the randomness comes from; it moves on;
 * `draws`: pairs of sets (4,000; of 28×28 pixels and K = 10 the mean then has a
 * standard error of 0.03 pixels)
 * @returns pixels
 * @throws {RangeError} when K is no whole number from 1 to the number of pixels,
 * or another number no whole one from 1
 *
 * @example Two pixels, one in each set: they are the same, or neighbours
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { randomStream } from "../support/random.ts";
 *
 * const random = randomStream(0, "figure");
 * assertAlmostEquals(chanceDistance(1, { width: 2, height: 1 }, { random }), 0.5, 0.03);
 * ```
 */
export function chanceDistance(
  k: number,
  { width, height }: { width: number; height: number },
  { random, draws = 4000 }: { random: RandomGenerator; draws?: number },
): number {
  requireCounts({ k, width, height, draws });
  const pixels = Array.from({ length: width * height }, (_, i) => i);
  if (k > pixels.length) {
    throw new RangeError(`${pixels.length} pixels have no ${k} different ones`);
  }
  const draw = () => {
    // The first places of a shuffle, which any order may begin with.
    for (let i = 0; i < k; i++) {
      const j = uniformInt(random, i, pixels.length - 1);
      [pixels[i], pixels[j]] = [pixels[j], pixels[i]];
    }
    return pixels.slice(0, k);
  };
  let sum = 0;
  for (let i = 0; i < draws; i++) sum += maximumDistance(draw(), draw(), width);
  return sum / draws;
}

/** Columns and rows of pixels. */
interface Points {
  x: number[];
  y: number[];
}

/**
 * The largest squared distance to a best match, pair by pair. A pixel with a
 * match nearer than the longest so far cannot change the result (Taha & Hanbury
 * 2015, "An Efficient Algorithm for Calculating the Exact Hausdorff Distance").
 */
function longestByPairs(from: Points, to: Points): number {
  let longest = 0;
  for (let i = 0; i < from.x.length; i++) {
    let nearest = Infinity;
    for (let j = 0; j < to.x.length && nearest > longest; j++) {
      const dx = from.x[i] - to.x[j];
      const dy = from.y[i] - to.y[j];
      nearest = Math.min(nearest, dx * dx + dy * dy);
    }
    longest = Math.max(longest, nearest);
  }
  return longest;
}

/**
 * The same by an exact distance transform: one pass finds the nearest match in
 * the own column of every place; then each pixel looks left and right in its
 * row, no farther than its best match so far.
 */
function longestByColumns(from: Points, to: Points, width: number): number {
  const height = 1 + Math.max(lastRow(from), lastRow(to));
  const columns = columnDistances(to, width, height);
  let longest = 0;
  for (let i = 0; i < from.x.length; i++) {
    const x = from.x[i];
    const row = from.y[i] * width;
    let nearest = columns[row + x] ** 2;
    for (let dx = 1; dx * dx < nearest && nearest > longest; dx++) {
      const left = x >= dx ? columns[row + x - dx] : Infinity;
      const right = x + dx < width ? columns[row + x + dx] : Infinity;
      const dy = Math.min(left, right);
      nearest = Math.min(nearest, dx * dx + dy * dy);
    }
    longest = Math.max(longest, nearest);
  }
  return longest;
}

/** Rows to the nearest of the points in each place's column, down and up. */
function columnDistances(
  { x, y }: Points,
  width: number,
  height: number,
): Float64Array {
  const distances = new Float64Array(width * height).fill(Infinity);
  x.forEach((column, i) => distances[y[i] * width + column] = 0);
  for (let i = width; i < distances.length; i++) {
    distances[i] = Math.min(distances[i], distances[i - width] + 1);
  }
  for (let i = distances.length - 1 - width; i >= 0; i--) {
    distances[i] = Math.min(distances[i], distances[i + width] + 1);
  }
  return distances;
}

function points(pixels: readonly number[], width: number): Points {
  if (pixels.length === 0) {
    throw new RangeError("there is no pixel to match: the set is empty");
  }
  // Plain arrays: a small typed array takes longer to make than to fill.
  const x: number[] = [];
  const y: number[] = [];
  for (let i = 0; i < pixels.length; i++) {
    const pixel = pixels[i];
    if (!Number.isInteger(pixel) || pixel < 0) {
      throw new RangeError(
        `a pixel index must be a whole number from 0; at ${i} is ${pixel}`,
      );
    }
    const column = pixel % width;
    x.push(column);
    y.push((pixel - column) / width);
  }
  return { x, y };
}

function lastRow({ y }: Points): number {
  let last = 0;
  for (let i = 0; i < y.length; i++) if (y[i] > last) last = y[i];
  return last;
}

function requireWidth(width: number) {
  if (!Number.isInteger(width) || width < 1) {
    throw new RangeError(
      `the width must be a whole number from 1; it is ${width}`,
    );
  }
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
