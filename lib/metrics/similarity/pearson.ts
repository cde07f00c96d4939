import { mean } from "../../statistics/mean.ts";
import type { MapData } from "../map_data.ts";
import {
  requireComparable,
  requireNoOverflow,
  requireVaried,
} from "../check.ts";

/**
 * Pearson's correlation of two maps, pixel by pixel: how near they are to a
 * straight line. Neither the mean nor the scale of a map matters.
 *
 * @param a one map, at least 2 pixels
 * @param b another of the same size
 * @returns −1 to 1; 1 when b rises with a on a straight line
 * @throws {RangeError} when the maps differ in size, have fewer than 2 pixels,
 * hold NaN or an infinity, or one is constant (its correlation is undefined)
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 *
 * assertAlmostEquals(pearson([1, 2, 3], [10, 30, 20]), 0.5);
 * ```
 */
export function pearson(a: MapData, b: MapData): number {
  requireComparable(a, b);
  const [x, y] = [deviations(a), deviations(b)];
  let [xx, yy, xy] = [0, 0, 0];
  for (let pixel = 0; pixel < x.length; pixel++) {
    xx += x[pixel] * x[pixel];
    yy += y[pixel] * y[pixel];
    xy += x[pixel] * y[pixel];
  }
  // Rounding can lead a little beyond 1.
  return Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy)));
}

/**
 * Differences from the mean, the largest scaled to ±1: the squares of very
 * small gradients would be 0.
 */
function deviations(map: MapData): Float64Array {
  requireVaried(map);
  const center = mean(map);
  requireNoOverflow(center, map);
  const result = new Float64Array(map.length);
  let largest = 0;
  for (let pixel = 0; pixel < map.length; pixel++) {
    result[pixel] = map[pixel] - center;
    largest = Math.max(largest, Math.abs(result[pixel]));
  }
  requireNoOverflow(largest, map);
  for (let pixel = 0; pixel < map.length; pixel++) result[pixel] /= largest;
  return result;
}
