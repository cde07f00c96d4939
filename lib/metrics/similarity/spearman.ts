import type { MapData } from "../map_data.ts";
import { requireComparable, requireOrdered, requireVaried } from "../check.ts";
import { pearson } from "./pearson.ts";

/**
 * Spearman's rank correlation of two maps: Pearson's of their ranks, equal
 * pixels sharing the average of theirs. Only the order of the pixels matters.
 *
 * Adebayo et al. (2018), "Sanity Checks for Saliency Maps", use it with and
 * without absolute value. This function takes the maps as they are: pass signed
 * maps, or their absolute values.
 *
 * Source: Spearman (1904), "The Proof and Measurement of Association between
 * Two Things".
 *
 * @param a one map, at least 2 pixels
 * @param b another of the same size
 * @returns −1 (the reverse order) to 1 (the same order)
 * @throws {RangeError} when the maps differ in size, have fewer than 2 pixels,
 * hold NaN or an infinity, or one is constant (its correlation is undefined)
 *
 * @example The sign matters, unless the caller drops it
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const [a, b] = [[1, 2, 3], [-1, -20, -300]];
 * assertAlmostEquals(spearman(a, b), -1);
 * assertAlmostEquals(spearman(a.map(Math.abs), b.map(Math.abs)), 1);
 * ```
 */
export function spearman(a: MapData, b: MapData): number {
  // Ranks would hide an infinity from pearson().
  requireComparable(a, b);
  // pearson() would name a rank.
  requireVaried(a);
  requireVaried(b);
  return pearson(averageRanks(a), averageRanks(b));
}

/**
 * The rank of each pixel, the smallest first; equal pixels share the average
 * of the ranks they take up together.
 *
 * @param map one number a pixel
 * @returns ranks, 1 to the number of pixels, halves among them
 * @throws {RangeError} when the map holds NaN
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...averageRanks([0.7, 0.1, 0.7, 0.9])], [2.5, 1, 2.5, 4]);
 * ```
 */
export function averageRanks(map: MapData): Float64Array {
  const order = ascending(map);
  const ranks = new Float64Array(map.length);
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && map[order[end]] === map[order[start]]) end++;
    // The mean of start + 1, …, end.
    for (let i = start; i < end; i++) ranks[order[i]] = (start + 1 + end) / 2;
  }
  return ranks;
}

/** Pixel indices, that of the smallest value first. */
function ascending(map: MapData): Int32Array {
  requireOrdered(map);
  const order = Int32Array.from({ length: map.length }, (_, pixel) => pixel);
  // Not the difference, which is NaN for two equal infinities.
  return order.sort((p, q) => map[p] < map[q] ? -1 : map[p] > map[q] ? 1 : 0);
}
