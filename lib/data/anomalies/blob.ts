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

/** Standard deviation of the soft edge, in pixels. */
const EDGE = 0.5;

/** A round spot. */
export interface Disc {
  /** Column of its centre. */
  x: number;
  /** Row of its centre. */
  y: number;
  /** In pixels. */
  radius: number;
}

/**
 * How much of a disc covers a place: 1 within its radius, falling outside as a
 * Gaussian of half a pixel.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const cover = discCover({ x: 5, y: 5, radius: 2 });
 * assertEquals([cover(5, 5), cover(7, 5), cover(8, 5)], [1, 1, Math.exp(-2)]);
 * ```
 */
export function discCover({ x, y, radius }: Disc) {
  return (column: number, row: number): number => {
    const outside = Math.max(0, Math.hypot(column - x, row - y) - radius);
    return Math.exp(-0.5 * (outside / EDGE) ** 2);
  };
}

/**
 * A bright blob with a soft edge, anywhere in the picture, added to what is
 * there.
 *
 * @param picture left as it is
 * @param random where the randomness comes from; it moves on
 * @param options
 * @param options.radius in pixels; default: 1.5 to 3.5
 * @param options.contrast light added in the middle, 0 to 1; default: 0.5 to 1
 * @throws {RangeError} when no blob fits, or the picture is none
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { anomalyStream } from "../../support/random.ts";
 *
 * const picture = { pixels: new Float32Array(784), width: 28 };
 * const { image } = blob(picture, anomalyStream(0), { contrast: [0.75, 0.75] });
 * assertEquals(Math.max(...image), 0.75);
 * ```
 */
export function blob(
  picture: Picture,
  random: RandomGenerator,
  { radius = [1.5, 3.5], contrast = [0.5, 1] }: {
    radius?: Range;
    contrast?: Range;
  } = {},
): Anomaly {
  const { width, height } = pictureSize(picture);
  return drawUntilItFits(picture, () => {
    const r = uniform(random, ...radius);
    const light = uniform(random, ...contrast);
    const x = positionAlong(random, width, r);
    const y = positionAlong(random, height, r);
    const cover = discCover({ x, y, radius: r });
    return addLight(picture, (column, row) => light * cover(column, row));
  });
}
