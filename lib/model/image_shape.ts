/** Height, width and channels of the images that a model takes. */
export interface ImageShape {
  /** Rows. */
  height: number;
  /** Pixels in a row. */
  width: number;
  /** Values a pixel: 1 for grey, 3 for red, green and blue. */
  channels: number;
}

/** The shape of MNIST's images, and Fashion-MNIST's. */
export const MNIST_SHAPE: Readonly<ImageShape> = {
  height: 28,
  width: 28,
  channels: 1,
};

/**
 * The numbers in one image, all channels counted.
 *
 * @param shape of the image
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(imageSize({ height: 32, width: 20, channels: 3 }), 1920);
 * ```
 */
export function imageSize({ height, width, channels }: ImageShape): number {
  return height * width * channels;
}

/**
 * A shape as text.
 *
 * @param shape of an image
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(shapeText({ height: 32, width: 20, channels: 3 }), "32×20×3");
 * ```
 */
export function shapeText({ height, width, channels }: ImageShape): string {
  return [height, width, channels].join("×");
}

/**
 * Throws unless images have the size that a model takes, which many a model
 * would not notice.
 *
 * @param images [N, H, W, C]
 * @param shape of the model's images
 * @throws {RangeError} when they have another
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 *
 * const check = () => requireImageShape({ shape: [1, 28, 28, 3] }, MNIST_SHAPE);
 * assertThrows(check, RangeError, "the images are 28×28×3, the model's 28×28×1");
 * ```
 */
export function requireImageShape(
  { shape: [, height, width, channels] }: {
    shape: readonly [number, number, number, number];
  },
  shape: ImageShape,
) {
  requireSameShape({ height, width, channels }, shape);
}

/**
 * {@linkcode requireImageShape} for images that are no tensor yet.
 *
 * @param images of one size
 * @param shape of the model's images
 * @throws {RangeError} when they have another
 */
export function requireSameShape(images: ImageShape, shape: ImageShape) {
  if (shapeText(images) === shapeText(shape)) return;
  throw new RangeError(
    `the images are ${shapeText(images)}, the model's ${
      shapeText(shape)
    }; give images of ` +
      "its size, or a model of theirs",
  );
}
