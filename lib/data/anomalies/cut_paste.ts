import { uniformInt } from "pure-rand/distribution/uniformInt";
import type { RandomGenerator } from "../../support/random.ts";
import {
  type Anomaly,
  drawUntilItFits,
  type Picture,
  pictureSize,
  type Range,
} from "./picture.ts";
import { inkPixels, pick } from "./ink.ts";
import { fillRectangle, readRectangle, type Rectangle } from "./rectangle.ts";

/**
 * A rectangle around one of a picture's ink pixels, drawn at random, moved into
 * the picture where it reaches over its edge.
 *
 * @param picture with ink
 * @param random where the randomness comes from; it moves on
 * @param side each side's length in whole pixels; as long as the picture's at
 * most
 * @throws {RangeError} when there is too little ink
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { anomalyStream } from "../../support/random.ts";
 *
 * const picture = { pixels: new Float32Array(16).fill(1), width: 8 };
 * const { width, height } = inkRectangle(picture, anomalyStream(0), [3, 3]);
 * assertEquals([width, height], [3, 2]);
 * ```
 */
export function inkRectangle(
  picture: Picture,
  random: RandomGenerator,
  side: Range,
): Rectangle {
  const { width: columns, height: rows } = pictureSize(picture);
  const centre = pick(random, inkPixels(picture));
  const width = Math.min(columns, uniformInt(random, ...side));
  const height = Math.min(rows, uniformInt(random, ...side));
  const start = (middle: number, length: number, pixels: number) =>
    Math.max(0, Math.min(middle - (length >> 1), pixels - length));
  return {
    x: start(centre % columns, width, columns),
    y: start(Math.floor(centre / columns), height, rows),
    width,
    height,
  };
}

/**
 * A piece of another image: a rectangle around ink of the donor, pasted
 * anywhere over the picture. CutPaste (Li et al., CVPR 2021) with a second
 * image to cut from.
 *
 * @param picture left as it is
 * @param random where the randomness comes from; it moves on
 * @param donor what the piece is cut from; its size may differ, its channels
 * may not
 * @param options
 * @param options.side of the rectangle in whole pixels; default: 5 to 10
 * @throws {RangeError} when the donor has too little ink or other channels, no
 * piece fits, or a picture is none
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { anomalyStream } from "../../support/random.ts";
 *
 * const black = { pixels: new Float32Array(784), width: 28 };
 * const gray = { pixels: new Float32Array(784).fill(0.5), width: 28 };
 * const { image, mask } = cutPaste(black, anomalyStream(0), gray);
 * assertEquals([...image], Array.from(mask, (value) => value / 2));
 * ```
 */
export function cutPaste(
  picture: Picture,
  random: RandomGenerator,
  donor: Picture,
  { side = [5, 10] }: { side?: Range } = {},
): Anomaly {
  const { width, height, channels } = pictureSize(picture);
  if ((donor.channels ?? 1) !== channels) {
    throw new RangeError("give a donor with as many channels as the picture");
  }
  return drawUntilItFits(picture, () => {
    const piece = inkRectangle(donor, random, side);
    const place = {
      ...piece,
      x: uniformInt(random, 0, Math.max(0, width - piece.width)),
      y: uniformInt(random, 0, Math.max(0, height - piece.height)),
    };
    return fillRectangle(picture, place, readRectangle(donor, piece));
  });
}
