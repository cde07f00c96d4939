import type { MapData } from "../map_data.ts";
import { splitPixels } from "./masks.ts";

/**
 * Average precision of one image's pixels, the area under the
 * precision-recall curve as a sum of steps, Σ (Rₙ − Rₙ₋₁)·Pₙ over falling
 * thresholds, equal values passing a threshold together (the definition of
 * scikit-learn's `average_precision_score`). Chance gives the share of anomalous
 * pixels, and a little more where these are few.
 *
 * @param map one number a pixel
 * @param mask 1 = anomalous, 0 = normal; some of each
 * @returns above 0, to 1
 * @throws {RangeError} when map and mask differ in size, the mask is empty,
 * covers everything or holds something other than 0 and 1, or the map holds NaN
 *
 * @example Half is found with precision 1, the rest with 2/3
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const mask = Uint8Array.of(1, 0, 1, 0);
 * assertAlmostEquals(averagePrecision([4, 3, 2, 1], mask), 1 / 2 + 1 / 3);
 * ```
 */
export function averagePrecision(map: MapData, mask: Uint8Array): number {
  return pooledAveragePrecision([map], [mask]);
}

/**
 * One average precision for the pixels of all images together; an image may be
 * without an anomaly. See {@linkcode averagePrecision}.
 *
 * @param maps one map an image, one number a pixel
 * @param masks one mask an image, 1 = anomalous, 0 = normal
 * @returns above 0, to 1
 * @throws {RangeError} when there are not as many masks as maps, a map and its
 * mask differ in size, a mask holds something other than 0 and 1, a map holds
 * NaN, or all pixels are of one kind
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const masks = [Uint8Array.of(1, 0), Uint8Array.of(1, 0)];
 * assertAlmostEquals(pooledAveragePrecision([[4, 3], [2, 1]], masks), 5 / 6);
 * ```
 */
export function pooledAveragePrecision(
  maps: readonly MapData[],
  masks: readonly Uint8Array[],
): number {
  const { normal, anomalous } = splitPixels(maps, masks);
  // Two sorted groups, walked from their ends, need no sorted pixel indices.
  normal.sort();
  anomalous.sort();
  let normalLeft = normal.length;
  let anomalousLeft = anomalous.length;
  let sum = 0;
  while (anomalousLeft > 0) {
    const threshold = anomalous[anomalousLeft - 1];
    const before = anomalousLeft;
    // Before the first there is undefined, which is not above anything.
    while (anomalous[anomalousLeft - 1] >= threshold) anomalousLeft--;
    while (normal[normalLeft - 1] >= threshold) normalLeft--;
    const found = anomalous.length - anomalousLeft;
    const falseAlarms = normal.length - normalLeft;
    sum += (before - anomalousLeft) * found / (found + falseAlarms);
  }
  return sum / anomalous.length;
}
