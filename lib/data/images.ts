import { type Tensor4D, tf } from "../tensor/tensorflow.ts";

/** Grey images as stored in MNIST's files. */
export interface Images {
  height: number;
  width: number;
  /** One byte a pixel, row by row, image by image. */
  pixels: Uint8Array;
}

/** Images and the digit each one shows. */
export interface LabelledImages extends Images {
  labels: Uint8Array;
}

/** Number of images. */
export function countImages({ height, width, pixels }: Images): number {
  return pixels.length / (height * width);
}

/**
 * Chosen images as the model takes them: values 0 to 1, no other
 * normalisation (Section 3.2 and the authors' code).
 *
 * @param images where they are
 * @param indices which ones, in order
 * @returns [N, H, W, 1]
 * @throws {RangeError} when an index has no image
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const images = { height: 1, width: 2, pixels: Uint8Array.of(0, 0, 255, 0) };
 * assertEquals([...toBatch(images, [1]).dataSync()], [1, 0]);
 * ```
 */
export function toBatch(
  { height, width, pixels }: Images,
  indices: ArrayLike<number>,
): Tensor4D {
  const size = height * width;
  const data = new Float32Array(indices.length * size);
  for (let i = 0; i < indices.length; i++) {
    const start = indices[i] * size;
    if (!(start >= 0 && start + size <= pixels.length)) {
      throw new RangeError(`there is no image ${indices[i]}`);
    }
    for (let j = 0; j < size; j++) {
      data[i * size + j] = pixels[start + j] / 255;
    }
  }
  return tf.tensor4d(data, [indices.length, height, width, 1]);
}

/**
 * Some of the images, as images again.
 *
 * @param images where they are
 * @param indices which ones, in order
 * @throws {RangeError} when an index has no image
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const images = { height: 1, width: 2, pixels: Uint8Array.of(1, 2, 3, 4) };
 * assertEquals([...selectImages(images, [1]).pixels], [3, 4]);
 * ```
 */
export function selectImages(
  images: Images,
  indices: ArrayLike<number>,
): Images {
  const { height, width } = images;
  const size = height * width;
  const pixels = new Uint8Array(indices.length * size);
  for (let i = 0; i < indices.length; i++) {
    if (!(indices[i] >= 0 && indices[i] < countImages(images))) {
      throw new RangeError(`there is no image ${indices[i]}`);
    }
    const start = indices[i] * size;
    pixels.set(images.pixels.subarray(start, start + size), i * size);
  }
  return { height, width, pixels };
}

/**
 * The first images.
 *
 * @param images where they are
 * @param count how many at most
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const images = { height: 1, width: 2, pixels: Uint8Array.of(1, 2, 3, 4) };
 * assertEquals([...firstImages(images, 1).pixels], [1, 2]);
 * ```
 */
export function firstImages(images: Images, count: number): Images {
  const length = Math.min(count, countImages(images));
  return selectImages(images, Array.from({ length }, (_, i) => i));
}
