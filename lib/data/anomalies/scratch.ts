import { type RandomGenerator, uniform } from "../../support/random.ts";
import {
  addLight,
  type Anomaly,
  drawUntilItFits,
  type Picture,
  pictureSize,
  type Range,
} from "./picture.ts";
import { positionAlong } from "./ink.ts";

/** A straight line with round ends. Columns and rows count from pixel centres. */
export interface Line {
  /** Column and row of one end. */
  from: readonly [x: number, y: number];
  /** Column and row of the other. */
  to: readonly [x: number, y: number];
  /** In pixels. */
  width: number;
}

/**
 * How much of a line covers a pixel, from the pixel's distance to it: 1 inside,
 * falling to 0 over the one pixel at its edge.
 *
 * @param line at least one pixel wide
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const cover = lineCover({ from: [2, 2], to: [6, 2], width: 1.5 });
 * assertEquals([cover(4, 2), cover(4, 3), cover(4, 4)], [1, 0.25, 0]);
 * ```
 */
export function lineCover({ from: [x0, y0], to: [x1, y1], width }: Line) {
  const dx = x1 - x0;
  const dy = y1 - y0;
  const squared = dx * dx + dy * dy;
  return (x: number, y: number): number => {
    // Without length it is its round ends: a dot.
    const along = squared && ((x - x0) * dx + (y - y0) * dy) / squared;
    const part = Math.min(1, Math.max(0, along));
    const distance = Math.hypot(x - x0 - part * dx, y - y0 - part * dy);
    return Math.min(1, Math.max(0, width / 2 + 0.5 - distance));
  };
}

/**
 * A bright scratch with smooth edges, anywhere in the picture and at any angle,
 * added to what is there.
 *
 * @param picture left as it is
 * @param random where the randomness comes from; it moves on
 * @param options
 * @param options.length in pixels; default: 6 to 14
 * @param options.thickness in pixels, 1 or more; default: 1 to 2
 * @param options.contrast light added in the middle, 0 to 1; default: 0.5 to 1
 * @throws {RangeError} when no scratch fits, or the picture is none
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { anomalyStream } from "../../support/random.ts";
 *
 * const picture = { pixels: new Float32Array(784), width: 28 };
 * const { mask } = scratch(picture, anomalyStream(0), { length: [10, 10] });
 * assertEquals(mask.filter(Boolean).length >= 10, true);
 * ```
 */
export function scratch(
  picture: Picture,
  random: RandomGenerator,
  { length = [6, 14], thickness = [1, 2], contrast = [0.5, 1] }: {
    length?: Range;
    thickness?: Range;
    contrast?: Range;
  } = {},
): Anomaly {
  const { width, height } = pictureSize(picture);
  return drawUntilItFits(picture, () => {
    const half = uniform(random, ...length) / 2;
    const thick = uniform(random, ...thickness);
    const light = uniform(random, ...contrast);
    const angle = uniform(random, 0, Math.PI);
    const dx = half * Math.cos(angle);
    const dy = half * Math.sin(angle);
    const x = positionAlong(random, width, Math.abs(dx));
    const y = positionAlong(random, height, dy);
    const cover = lineCover({
      from: [x - dx, y - dy],
      to: [x + dx, y + dy],
      width: thick,
    });
    return addLight(picture, (column, row) => light * cover(column, row));
  });
}
