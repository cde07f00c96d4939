import { uniformInt } from "pure-rand/distribution/uniformInt";
import { type RandomGenerator, uniform } from "../../support/random.ts";
import {
  brightness,
  CHANGED,
  FEWEST_PIXELS,
  NoRoomError,
  type Picture,
} from "./picture.ts";

/**
 * A random position along one axis that keeps its distance from both ends; the
 * middle where the axis is too short for that.
 *
 * @param random where the randomness comes from; it moves on
 * @param pixels length of the axis
 * @param margin distance from the first and the last pixel's centre
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { randomStream } from "../../support/random.ts";
 *
 * assertEquals(positionAlong(randomStream(0, "order"), 5, 9), 2);
 * ```
 */
export function positionAlong(
  random: RandomGenerator,
  pixels: number,
  margin: number,
): number {
  const low = Math.min(margin, (pixels - 1) / 2);
  return uniform(random, low, pixels - 1 - low);
}

/**
 * Pixels that hold ink: brighter than {@linkcode CHANGED}, so that taking it
 * away shows.
 *
 * @returns pixel indices
 * @throws {NoRoomError} when there are too few for an anomaly
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const pixels = Float32Array.of(0, 1, 1, 1, 0.5, 0.05);
 * assertEquals(inkPixels({ pixels, width: 3 }), [1, 2, 3, 4]);
 * ```
 */
export function inkPixels(picture: Picture): number[] {
  const ink: number[] = [];
  brightness(picture).forEach((value, i) => {
    if (value > CHANGED) ink.push(i);
  });
  if (ink.length < FEWEST_PIXELS) {
    throw new NoRoomError(
      `choose an image with ink: ${ink.length} pixels are brighter than ` +
        `${CHANGED}, and the anomaly needs ${FEWEST_PIXELS}`,
    );
  }
  return ink;
}

/**
 * One of several items, each as likely as the others.
 *
 * @param random where the randomness comes from; it moves on
 * @param items at least one
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { randomStream } from "../../support/random.ts";
 *
 * assertEquals(pick(randomStream(0, "order"), [8]), 8);
 * ```
 */
export function pick<T>(random: RandomGenerator, items: readonly T[]): T {
  return items[uniformInt(random, 0, items.length - 1)];
}
