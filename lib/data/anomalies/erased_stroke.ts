import { type RandomGenerator, uniform } from "../../support/random.ts";
import {
  type Anomaly,
  drawUntilItFits,
  type Picture,
  pictureSize,
  type Range,
} from "./picture.ts";
import type { Disc } from "./blob.ts";
import { inkPixels, pick } from "./ink.ts";

/**
 * A picture with a disc of it black.
 *
 * @param picture left as it is
 * @param disc pixels whose centre is at most its radius away are set to 0
 * @returns pixels of the same shape
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const picture = { pixels: Float32Array.of(1, 1, 1, 1), width: 4 };
 * assertEquals([...eraseDisc(picture, { x: 0, y: 0, radius: 1 })], [0, 0, 1, 1]);
 * ```
 */
export function eraseDisc(
  { pixels, width, channels = 1 }: Picture,
  { x, y, radius }: Disc,
): Float32Array {
  return pixels.map((value, i) => {
    const pixel = Math.floor(i / channels);
    const row = Math.floor(pixel / width);
    return Math.hypot(pixel % width - x, row - y) <= radius ? 0 : value;
  });
}

/**
 * Part of a digit's own stroke erased: a disc around one of its ink pixels is
 * set to 0, the background of MNIST. The mask holds the ink it took, not the
 * whole disc.
 *
 * @param picture bright ink on black; left as it is
 * @param random where the randomness comes from; it moves on
 * @param options
 * @param options.radius in pixels; default: 2 to 4
 * @throws {RangeError} when there is too little ink, no disc fits, or the
 * picture is none
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { anomalyStream } from "../../support/random.ts";
 *
 * const pixels = Float32Array.from({ length: 100 }, (_, i) => i % 10 === 5 ? 1 : 0);
 * const { image, mask } = erasedStroke({ pixels, width: 10 }, anomalyStream(0));
 * assertEquals([...image], [...pixels.map((value, i) => mask[i] ? 0 : value)]);
 * ```
 */
export function erasedStroke(
  picture: Picture,
  random: RandomGenerator,
  { radius = [2, 4] }: { radius?: Range } = {},
): Anomaly {
  const { width } = pictureSize(picture);
  const ink = inkPixels(picture);
  return drawUntilItFits(picture, () => {
    const centre = pick(random, ink);
    return eraseDisc(picture, {
      x: centre % width,
      y: Math.floor(centre / width),
      radius: uniform(random, ...radius),
    });
  });
}
