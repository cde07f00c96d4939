import { checkWidth, countAnomalous } from "./masks.ts";

/**
 * The separate regions of a mask: anomalous pixels that touch by a side or a
 * corner (8-connectivity) belong together.
 *
 * @param mask 1 = anomalous, 0 = normal
 * @param width pixels in a row
 * @returns pixel indices of each region, ascending; regions in the order of
 * their first pixel, none when the mask is empty
 * @throws {RangeError} when the width does not divide the mask or the mask
 * holds something other than 0 and 1
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const mask = Uint8Array.of(
 *   1, 0, 0, 1,
 *   0, 1, 0, 1,
 * );
 * assertEquals(connectedComponents(mask, 4), [[0, 5], [3, 7]]);
 * ```
 */
export function connectedComponents(
  mask: Uint8Array,
  width: number,
): number[][] {
  checkWidth(mask, width);
  countAnomalous(mask);
  const left = mask.slice();
  const components: number[][] = [];
  for (let pixel = 0; pixel < left.length; pixel++) {
    if (left[pixel] === 1) components.push(takeComponent(left, pixel, width));
  }
  return components;
}

/** Takes a pixel and all that hang together with it out of a mask. */
function takeComponent(
  left: Uint8Array,
  start: number,
  width: number,
): number[] {
  const component = [start];
  left[start] = 0;
  // The list grows while it is walked.
  for (const pixel of component) {
    for (const neighbour of neighbours(pixel, width, left.length / width)) {
      if (left[neighbour] === 0) continue;
      left[neighbour] = 0;
      component.push(neighbour);
    }
  }
  return component.sort((a, b) => a - b);
}

/** Pixels at most one row and one column away, the pixel itself among them. */
function neighbours(pixel: number, width: number, height: number): number[] {
  const column = pixel % width;
  const row = (pixel - column) / width;
  const result: number[] = [];
  for (let y = Math.max(0, row - 1); y <= row + 1 && y < height; y++) {
    for (let x = Math.max(0, column - 1); x <= column + 1 && x < width; x++) {
      result.push(y * width + x);
    }
  }
  return result;
}
