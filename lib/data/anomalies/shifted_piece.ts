import type { RandomGenerator } from "../../support/random.ts";
import {
  type Anomaly,
  drawUntilItFits,
  type Picture,
  pictureSize,
  type Range,
} from "./picture.ts";
import { inkRectangle } from "./cut_paste.ts";
import { pick } from "./ink.ts";
import { fillRectangle, readRectangle, type Rectangle } from "./rectangle.ts";

/**
 * A picture with a rectangle of it moved. It leaves black behind; what falls
 * outside the picture is lost.
 *
 * @param picture left as it is
 * @param rectangle what moves
 * @param shift columns to the right and rows down
 * @returns pixels of the same shape
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const picture = { pixels: Float32Array.of(1, 0.5, 0, 0), width: 4 };
 * const piece = { x: 0, y: 0, width: 2, height: 1 };
 * assertEquals([...shiftRectangle(picture, piece, [1, 0])], [0, 1, 0.5, 0]);
 * ```
 */
export function shiftRectangle(
  picture: Picture,
  rectangle: Rectangle,
  [right, down]: readonly [number, number],
): Float32Array {
  const pixels = fillRectangle(picture, rectangle, () => 0);
  const { x, y } = rectangle;
  const target = { ...rectangle, x: x + right, y: y + down };
  return fillRectangle(
    { ...picture, pixels },
    target,
    readRectangle(picture, rectangle),
  );
}

/**
 * All moves by whole pixels whose length is in a range.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(shifts([1, 1]), [[0, -1], [-1, 0], [1, 0], [0, 1]]);
 * ```
 */
export function shifts([low, high]: Range): [number, number][] {
  const most = Math.floor(high);
  const steps = Array.from({ length: 2 * most + 1 }, (_, i) => i - most);
  return steps.flatMap((y) => steps.map((x): [number, number] => [x, y]))
    .filter(([x, y]) => Math.hypot(x, y) >= low && Math.hypot(x, y) <= high);
}

/**
 * A piece of the digit out of place: a rectangle around some of its ink, moved
 * a little. Close to CutPaste (Li et al., CVPR 2021), which pastes the piece
 * anywhere and leaves a copy where it was.
 *
 * @param picture bright ink on black; left as it is
 * @param random where the randomness comes from; it moves on
 * @param options
 * @param options.side of the rectangle in whole pixels; default: 5 to 10
 * @param options.distance of the move in pixels; default: 2 to 6
 * @throws {RangeError} when there is too little ink, no piece fits, the
 * distance allows no move by whole pixels, or the picture is none
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { anomalyStream } from "../../support/random.ts";
 *
 * const pixels = Float32Array.from({ length: 784 }, (_, i) => i % 28 === 14 ? 1 : 0);
 * const { image } = shiftedPiece({ pixels, width: 28 }, anomalyStream(0));
 * assertEquals(image.every((value) => value === 0 || value === 1), true);
 * ```
 */
export function shiftedPiece(
  picture: Picture,
  random: RandomGenerator,
  { side = [5, 10], distance = [2, 6] }: {
    side?: Range;
    distance?: Range;
  } = {},
): Anomaly {
  pictureSize(picture);
  const moves = shifts(distance);
  if (moves.length === 0) {
    throw new RangeError(
      `no move by whole pixels is ${distance.join(" to ")} pixels long: ` +
        "choose a wider range of distances",
    );
  }
  return drawUntilItFits(picture, () => {
    const piece = inkRectangle(picture, random, side);
    return shiftRectangle(picture, piece, pick(random, moves));
  });
}
