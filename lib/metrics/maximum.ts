import type { MapData } from "./map_data.ts";

/**
 * The largest value of a map, by which the paper scales it to [0, 1]
 * (Section 3.1).
 *
 * @param map one number a pixel
 * @returns 0 when no pixel is positive
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(maximum([0.5, 2, 1]), 2);
 * ```
 */
export function maximum(map: MapData): number {
  let largest = 0;
  for (let pixel = 0; pixel < map.length; pixel++) {
    const value = map[pixel];
    if (value > largest) largest = value;
  }
  return largest;
}
