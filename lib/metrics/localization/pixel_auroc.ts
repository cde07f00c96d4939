import type { MapData } from "../map_data.ts";
import { auroc } from "../../statistics/auroc.ts";
import { splitPixels } from "./masks.ts";

/**
 * Area under the ROC curve of one image's pixels: the chance that a random
 * anomalous pixel has a higher value than a random normal one, ties counting
 * half (see {@linkcode auroc}). 0.5 is what chance gives.
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
 * assertEquals(pixelAuroc([1, 2, 2, 3], Uint8Array.of(0, 0, 1, 1)), 0.875);
 * ```
 */
export function pixelAuroc(map: MapData, mask: Uint8Array): number {
  return pooledAuroc([map], [mask]);
}

/**
 * One area under the ROC curve for the pixels of all images together, as
 * anomaly localization is usually scored (Bergmann et al., "The MVTec Anomaly
 * Detection Dataset", IJCV 2021). Unlike the mean of
 * {@linkcode pixelAuroc} it asks that values mean the same in every image, and
 * an image may be without an anomaly.
 *
 * @param maps one map an image, one number a pixel
 * @param masks one mask an image, 1 = anomalous, 0 = normal
 * @returns 0 to 1
 * @throws {RangeError} when there are not as many masks as maps, a map and its
 * mask differ in size, a mask holds something other than 0 and 1, a map holds
 * NaN, or all pixels are of one kind
 *
 * @example Each image is ranked rightly; together they are not
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const masks = [Uint8Array.of(0, 1), Uint8Array.of(0, 1)];
 * assertEquals(pooledAuroc([[1, 2], [3, 4]], masks), 0.75);
 * ```
 */
export function pooledAuroc(
  maps: readonly MapData[],
  masks: readonly Uint8Array[],
): number {
  const { normal, anomalous } = splitPixels(maps, masks);
  return auroc(normal, anomalous);
}
