import { maximumDistance } from "../best_match.ts";
import type { MapData } from "../map_data.ts";
import { topK } from "../top_k.ts";
import { anomalousPixels, checkWidth } from "./masks.ts";

/**
 * The share of a map's K largest pixels that are anomalous, K being the number
 * of anomalous pixels (so precision and recall are one number). Ties go to the
 * lower index, as in {@linkcode topK}. The share of anomalous pixels is what
 * chance gives, and not what a map with many equal values gives.
 *
 * @param map one number a pixel
 * @param mask 1 = anomalous, 0 = normal; some of each
 * @returns 0 to 1
 * @throws {RangeError} when map and mask differ in size, the mask is empty,
 * covers everything or holds something other than 0 and 1, or the map holds NaN
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(topKPrecision([4, 3, 2, 1], Uint8Array.of(1, 0, 1, 0)), 0.5);
 * ```
 */
export function topKPrecision(map: MapData, mask: Uint8Array): number {
  const k = anomalousPixels(map, mask).length;
  return topK(map, k).filter((pixel) => mask[pixel] === 1).length / k;
}

/**
 * The pointing game (Zhang et al., "Top-down Neural Attention by Excitation
 * Backprop", IJCV 2018): whether the largest value of the map is
 * in the mask or near it. Of several largest pixels the first counts. The share
 * of images with a hit is the score.
 *
 * @param map one number a pixel
 * @param mask 1 = anomalous, 0 = normal; some of each
 * @param width pixels in a row
 * @param options.tolerance largest Euclidean distance from the mask that is
 * still a hit, in pixels, ≥ 0. The paper allows 15 in photographs hundreds of
 * pixels wide, which is about one in images of 28: the default is 0
 * @throws {RangeError} when map and mask differ in size, the width does not
 * divide it, the mask is empty, covers everything or holds something other than
 * 0 and 1, the map holds NaN, or the tolerance is not a number ≥ 0
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const mask = Uint8Array.of(1, 0, 0);
 * assertEquals(pointingGame([2, 3, 1], mask, 3), false);
 * assertEquals(pointingGame([2, 3, 1], mask, 3, { tolerance: 1 }), true);
 * ```
 */
export function pointingGame(
  map: MapData,
  mask: Uint8Array,
  width: number,
  { tolerance = 0 }: { tolerance?: number } = {},
): boolean {
  if (!(tolerance >= 0)) {
    throw new RangeError(`the tolerance must be 0 or more; it is ${tolerance}`);
  }
  checkWidth(mask, width);
  const inside = anomalousPixels(map, mask);
  const [largest] = topK(map, 1);
  return maximumDistance([largest], inside, width) <= tolerance;
}

/**
 * Metric 2 of the paper (Section 3.1) with the mask in place of the error map:
 * each of the map's K largest pixels, K being the number of anomalous pixels,
 * is matched with the nearest anomalous one; the longest of these distances
 * counts. See {@linkcode maximumDistance}.
 *
 * @param map one number a pixel
 * @param mask 1 = anomalous, 0 = normal; some of each
 * @param width pixels in a row
 * @returns Euclidean distance in pixels, ≥ 0; 0 when the K are the mask
 * @throws {RangeError} when map and mask differ in size, the width does not
 * divide it, the mask is empty, covers everything or holds something other than
 * 0 and 1, or the map holds NaN
 *
 * @example The second largest pixel is two to the right of the mask
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const mask = Uint8Array.of(1, 1, 0, 0);
 * assertEquals(maskDistance([9, 1, 2, 8], mask, 4), 2);
 * ```
 */
export function maskDistance(
  map: MapData,
  mask: Uint8Array,
  width: number,
): number {
  checkWidth(mask, width);
  const inside = anomalousPixels(map, mask);
  return maximumDistance(topK(map, inside.length), inside, width);
}
