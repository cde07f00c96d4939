/** A picture to put an anomaly on. */
export interface Picture {
  /** [H, W] or [H, W, C] in row order, values 0 to 1. */
  pixels: Float32Array;
  /** Pixels in a row. */
  width: number;
  /** Numbers a pixel; 1 when absent. */
  channels?: number;
}

/** A picture with an anomaly, and where it is. */
export interface Anomaly {
  /** As the picture's pixels, values 0 to 1. */
  image: Float32Array;
  /** [H, W]; 1 where a channel changed by more than {@linkcode CHANGED}. */
  mask: Uint8Array;
}

/** The lowest and highest value to draw from, evenly. */
export type Range = readonly [low: number, high: number];

/** A pixel belongs to an anomaly when its value changes by more than this. */
export const CHANGED = 0.1;

/** The fewest pixels of an anomaly. */
export const FEWEST_PIXELS = 4;

/** The largest share of an image's pixels that an anomaly takes. */
export const LARGEST_SHARE = 0.25;

/** An anomaly has no room in a picture; another picture may have it. */
export class NoRoomError extends RangeError {
  /** Tells it from other errors. */
  override name = "NoRoomError";
}

const TRIES = 200;

/**
 * Width, height and channels of a picture.
 *
 * @throws {RangeError} when the pixels make no whole rows, or a value is not
 * from 0 to 1
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const picture = { pixels: new Float32Array(24), width: 4, channels: 3 };
 * assertEquals(pictureSize(picture), { width: 4, height: 2, channels: 3 });
 * ```
 */
export function pictureSize({ pixels, width, channels = 1 }: Picture) {
  const height = pixels.length / (width * channels);
  if (!Number.isInteger(height) || height < 1) {
    throw new RangeError(
      `give whole rows: ${pixels.length} values are no rows of ${width} ` +
        `pixels with ${channels} channels`,
    );
  }
  if (!pixels.every((value) => value >= 0 && value <= 1)) {
    throw new RangeError("give the picture's values from 0 to 1");
  }
  return { width, height, channels };
}

/**
 * The largest channel of each pixel.
 *
 * @returns [H, W]
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const pixels = Float32Array.of(0, 0.5, 1, 0.25, 0, 0);
 * assertEquals([...brightness({ pixels, width: 2, channels: 3 })], [1, 0.25]);
 * ```
 */
export function brightness({ pixels, channels = 1 }: Picture): Float32Array {
  return Float32Array.from(
    { length: pixels.length / channels },
    (_, i) => Math.max(...pixels.subarray(i * channels, (i + 1) * channels)),
  );
}

/**
 * Adds light to every channel; what would be brighter than 1 is 1.
 *
 * @param picture left as it is
 * @param light 0 to 1 at a pixel's column and row
 * @returns pixels of the same shape
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const pixels = Float32Array.of(0, 0.75);
 * assertEquals([...addLight({ pixels, width: 2 }, () => 0.5)], [0.5, 1]);
 * ```
 */
export function addLight(
  { pixels, width, channels = 1 }: Picture,
  light: (x: number, y: number) => number,
): Float32Array {
  return pixels.map((value, i) => {
    const pixel = Math.floor(i / channels);
    return Math.min(1, value + light(pixel % width, Math.floor(pixel / width)));
  });
}

/**
 * Where a picture changed.
 *
 * @param picture before
 * @param image pixels after, of the same shape
 * @returns [H, W]; 1 where a channel changed by more than {@linkcode CHANGED}
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const picture = { pixels: new Float32Array(3), width: 3 };
 * assertEquals([...changedPixels(picture, Float32Array.of(0, 0.05, 1))], [0, 0, 1]);
 * ```
 */
export function changedPixels(
  { pixels, channels = 1 }: Picture,
  image: Float32Array,
): Uint8Array {
  const mask = new Uint8Array(pixels.length / channels);
  image.forEach((value, i) => {
    if (Math.abs(value - pixels[i]) > CHANGED) {
      mask[Math.floor(i / channels)] = 1;
    }
  });
  return mask;
}

/**
 * Draws an anomaly again and again, at most 200 times, until it has at least
 * {@linkcode FEWEST_PIXELS} pixels and at most {@linkcode LARGEST_SHARE} of the
 * picture's.
 *
 * @param picture what it is put on
 * @param draw gives the pixels with an anomaly, another one each time
 * @throws {NoRoomError} when none of them fits
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const picture = { pixels: new Float32Array(20), width: 5 };
 * let row = 0;
 * const { mask } = drawUntilItFits(picture, () => {
 *   row++; // The first is one pixel long, which is too few.
 *   return picture.pixels.map((_, i) => i < row ? 1 : 0);
 * });
 * assertEquals([...mask].filter(Boolean).length, 4);
 * ```
 */
export function drawUntilItFits(
  picture: Picture,
  draw: () => Float32Array,
): Anomaly {
  for (let i = 0; i < TRIES; i++) {
    const image = draw();
    const mask = changedPixels(picture, image);
    const count = mask.reduce((sum, value) => sum + value, 0);
    if (count >= FEWEST_PIXELS && count <= LARGEST_SHARE * mask.length) {
      return { image, mask };
    }
  }
  throw new NoRoomError(
    `no anomaly of ${FEWEST_PIXELS} pixels to ${
      100 * LARGEST_SHARE
    } % of the ` +
      "image came out: choose another size or contrast, or another image",
  );
}
