import type { MapData } from "../map_data.ts";

/** Values of many maps, apart by what their masks say of the pixel. */
export interface SplitPixels {
  /** Values where a mask is 0, in order. */
  normal: Float64Array;
  /** Values where a mask is 1, in order. */
  anomalous: Float64Array;
}

/**
 * The values of all maps in two groups, normal and anomalous pixels.
 *
 * @param maps one map an image, one number a pixel
 * @param masks one mask an image, 1 = anomalous, 0 = normal
 * @returns both groups, neither of them empty
 * @throws {RangeError} when there are not as many masks as maps, a map and its
 * mask differ in size, a mask holds something other than 0 and 1, a map holds
 * NaN, or all pixels are of one kind
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const { normal, anomalous } = splitPixels([[0.5, 2, 3]], [Uint8Array.of(0, 1, 0)]);
 * assertEquals([...normal], [0.5, 3]);
 * assertEquals([...anomalous], [2]);
 * ```
 */
export function splitPixels(
  maps: readonly MapData[],
  masks: readonly Uint8Array[],
): SplitPixels {
  if (maps.length !== masks.length) {
    throw new RangeError(
      `there are ${maps.length} maps and ${masks.length} masks; give one mask a map`,
    );
  }
  const total = masks.reduce((sum, mask) => sum + mask.length, 0);
  const count = masks.reduce((sum, mask) => sum + countAnomalous(mask), 0);
  checkBothKinds(count, total);
  const normal = new Float64Array(total - count);
  const anomalous = new Float64Array(count);
  let normals = 0;
  let anomalies = 0;
  maps.forEach((map, image) => {
    const mask = masks[image];
    checkSizes(map, mask);
    for (let pixel = 0; pixel < mask.length; pixel++) {
      const value = map[pixel];
      if (Number.isNaN(value)) {
        throw new RangeError(`map ${image} holds NaN at pixel ${pixel}`);
      }
      if (mask[pixel] === 1) anomalous[anomalies++] = value;
      else normal[normals++] = value;
    }
  });
  return { normal, anomalous };
}

/**
 * The anomalous pixels of one image.
 *
 * @param map one number a pixel
 * @param mask 1 = anomalous, 0 = normal
 * @returns pixel indices, ascending; at least one, not all
 * @throws {RangeError} when map and mask differ in size, the mask holds
 * something other than 0 and 1, or all its pixels are of one kind
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(anomalousPixels([0.5, 2, 3], Uint8Array.of(0, 1, 1)), [1, 2]);
 * ```
 */
export function anomalousPixels(map: MapData, mask: Uint8Array): number[] {
  checkSizes(map, mask);
  checkBothKinds(countAnomalous(mask), mask.length);
  const pixels: number[] = [];
  mask.forEach((value, pixel) => {
    if (value === 1) pixels.push(pixel);
  });
  return pixels;
}

/**
 * Number of anomalous pixels in a mask.
 *
 * @param mask 1 = anomalous, 0 = normal
 * @throws {RangeError} when the mask holds something other than 0 and 1
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(countAnomalous(Uint8Array.of(0, 1, 1)), 2);
 * ```
 */
export function countAnomalous(mask: Uint8Array): number {
  let count = 0;
  for (let pixel = 0; pixel < mask.length; pixel++) {
    if (mask[pixel] > 1) {
      throw new RangeError(
        `the mask holds ${
          mask[pixel]
        } at pixel ${pixel}; write 1 for anomalous and 0 for normal`,
      );
    }
    count += mask[pixel];
  }
  return count;
}

/**
 * Checks that a mask is made of whole rows.
 *
 * @param mask one byte a pixel
 * @param width pixels in a row
 * @throws {RangeError} when it is not
 *
 * @example
 * ```ts
 * checkWidth(new Uint8Array(6), 3);
 * ```
 */
export function checkWidth(mask: Uint8Array, width: number) {
  if (!Number.isInteger(width) || width < 1 || mask.length % width !== 0) {
    throw new RangeError(
      `the width must be a whole number that divides the ${mask.length} pixels of the mask; it is ${width}`,
    );
  }
}

function checkSizes(map: MapData, mask: Uint8Array) {
  if (map.length !== mask.length) {
    throw new RangeError(
      `the map has ${map.length} pixels and its mask ${mask.length}; they must have the same`,
    );
  }
}

function checkBothKinds(anomalous: number, total: number) {
  if (anomalous === 0) {
    throw new RangeError(
      "no pixel is anomalous: a mask must be 1 somewhere",
    );
  }
  if (anomalous === total) {
    throw new RangeError("no pixel is normal: a mask must be 0 somewhere");
  }
}
