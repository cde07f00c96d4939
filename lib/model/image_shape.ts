/** Height, width and channels of the images that a model takes. */
export interface ImageShape {
  height: number;
  width: number;
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
