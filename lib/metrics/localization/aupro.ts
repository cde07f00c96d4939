import { mean } from "../../statistics/mean.ts";
import type { MapData } from "../map_data.ts";
import { connectedComponents } from "./components.ts";
import { splitPixels } from "./masks.ts";

/**
 * Area under the per-region overlap curve (Bergmann et al., "The MVTec Anomaly
 * Detection Dataset", IJCV 2021): at each threshold, the share of
 * a region (8-connected, of any image) at or above it, averaged over all
 * regions, against the share of all normal pixels at or above it; integrated
 * by trapezoids from 0 to a largest false positive rate, with interpolation
 * there, and divided by it. A small region counts as much as a large one.
 * Chance gives maxFpr/2.
 *
 * @param maps one map an image, one number a pixel; values must mean the same
 * in every image
 * @param masks one mask an image, 1 = anomalous, 0 = normal; an image may be
 * without an anomaly
 * @param width pixels in a row
 * @param options.maxFpr largest false positive rate, above 0, to 1; 0.3 is the
 * published limit
 * @returns 0 to 1
 * @throws {RangeError} when there are not as many masks as maps, a map and its
 * mask differ in size, the width does not divide it, a mask holds something
 * other than 0 and 1, a map holds NaN, all pixels are of one kind, or maxFpr is
 * out of range
 *
 * @example One of two regions is above all normal pixels, the other below them
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const mask = Uint8Array.of(1, 1, 1, 0, 0, 1);
 * assertAlmostEquals(aupro([[9, 8, 7, 3, 2, 1]], [mask], 6), 0.5);
 * ```
 */
export function aupro(
  maps: readonly MapData[],
  masks: readonly Uint8Array[],
  width: number,
  { maxFpr = 0.3 }: { maxFpr?: number } = {},
): number {
  if (!(maxFpr > 0 && maxFpr <= 1)) {
    throw new RangeError(
      `maxFpr must be above 0 and at most 1; it is ${maxFpr}`,
    );
  }
  const normal = splitPixels(maps, masks).normal.sort();
  const regions = maps.flatMap((map, image) =>
    connectedComponents(masks[image], width).map((region) =>
      mean(region.map((pixel) => areaOfPixel(map[pixel], normal, maxFpr)))
    )
  );
  return mean(regions) / maxFpr;
}

/**
 * The area that one anomalous pixel adds. The curve is the mean of curves of
 * single pixels: 0 up to the share of normal pixels above its value, 1 from the
 * share not below it, and a straight line between (equal values).
 */
function areaOfPixel(
  value: number,
  normal: Float64Array,
  limit: number,
): number {
  const share = (index: number) => 1 - index / normal.length;
  const rise = share(firstIndex(normal, (other) => other > value));
  const top = share(firstIndex(normal, (other) => other >= value));
  if (limit <= rise) return 0;
  return limit < top
    ? (limit - rise) ** 2 / (2 * (top - rise))
    : limit - (rise + top) / 2;
}

/** Where a condition begins to hold in sorted values; their number if never. */
function firstIndex(
  sorted: Float64Array,
  holds: (value: number) => boolean,
): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(sorted[middle])) high = middle;
    else low = middle + 1;
  }
  return low;
}
