import { type Tensor4D, tf } from "../tensor/tensorflow.ts";

/** Images of one size. */
export interface Images {
  /** Rows of an image. */
  height: number;
  /** Pixels in a row. */
  width: number;
  /** Values a pixel: 1 for grey, 3 for red, green and blue. */
  channels: number;
  /** One byte a value: channels together, row by row, image by image. */
  pixels: Uint8Array;
}

/** Images and the class each one shows. */
export interface LabelledImages extends Images {
  /** Indices into the data set's class names. */
  labels: Uint8Array;
  /** 1 where a pixel is defective, else 0: one byte a pixel, no channels. */
  masks?: Uint8Array;
  /** Where each comes from, where that is known: "test/dent/1.png, tile 3". */
  sources?: readonly string[];
}

/** Values of one image. */
function sizeOf({ height, width, channels }: Images): number {
  return height * width * channels;
}

/**
 * Number of images.
 *
 * @param images of one size
 * @throws {RangeError} when the pixels are no bytes, or are not those of whole
 * images of this size
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const images = { height: 1, width: 2, channels: 1, pixels: new Uint8Array(6) };
 * assertEquals(countImages(images), 3);
 * assertThrows(() => countImages({ ...images, width: 4 }), RangeError, "1×4×1");
 * ```
 */
export function countImages(images: Images): number {
  const { height, width, channels, pixels } = images;
  if (!(pixels instanceof Uint8Array)) {
    throw new RangeError(
      "an image's pixels are bytes, 0 to 255, in a Uint8Array",
    );
  }
  const count = pixels.length / sizeOf(images);
  if (Number.isInteger(count)) return count;
  throw new RangeError(
    `${pixels.length} values are no whole number of images of ` +
      `${height}×${width}×${channels}`,
  );
}

/**
 * Chosen images as the model takes them: values 0 to 1, no other
 * normalisation, as in the authors' code.
 *
 * @param images where they are
 * @param indices which ones, in order
 * @returns [N, H, W, C]
 * @throws {RangeError} when an index has no image
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const pixels = Uint8Array.of(0, 0, 255, 0);
 * const images = { height: 1, width: 2, channels: 1, pixels };
 * assertEquals([...toBatch(images, [1]).dataSync()], [1, 0]);
 * ```
 */
export function toBatch(
  images: Images,
  indices: ArrayLike<number>,
): Tensor4D {
  const { height, width, channels } = images;
  const values = fromBytes(selectPixels(images, indices));
  return tf.tensor4d(values, [indices.length, height, width, channels]);
}

/**
 * One image as numbers.
 *
 * @param images where it is
 * @param index which one
 * @returns values 0 to 1, in the order of its bytes
 * @throws {RangeError} when there is no such image
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const pixels = Uint8Array.of(0, 0, 255, 0);
 * const images = { height: 1, width: 2, channels: 1, pixels };
 * assertEquals(imageValues(images, 1), Float32Array.of(1, 0));
 * ```
 */
export function imageValues(images: Images, index: number): Float32Array {
  return fromBytes(selectPixels(images, [index]));
}

/** Bytes as values from 0 to 1. */
function fromBytes(bytes: Uint8Array): Float32Array {
  const values = new Float32Array(bytes.length);
  // A plain loop: forEach is several times slower, which shows in all maps.
  for (let i = 0; i < bytes.length; i++) values[i] = bytes[i] / 255;
  return values;
}

/**
 * Some of the images, as images again, with the labels, masks and sources that
 * they have.
 *
 * @param images where they are
 * @param indices which ones, in order
 * @throws {RangeError} when an index has no image
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const pixels = Uint8Array.of(1, 2, 3, 4);
 * const images = { height: 1, width: 2, channels: 1, pixels };
 * assertEquals([...selectImages(images, [1]).pixels], [3, 4]);
 * ```
 */
export function selectImages(
  images: LabelledImages,
  indices: ArrayLike<number>,
): LabelledImages;
/** The same of images without labels. */
export function selectImages(
  images: Images,
  indices: ArrayLike<number>,
): Images;
export function selectImages(
  images: Images & Partial<LabelledImages>,
  indices: ArrayLike<number>,
): Images & Partial<LabelledImages> {
  const { height, width, channels, labels, masks, sources } = images;
  const chosen = Array.from(indices);
  return {
    ...{ height, width, channels, pixels: selectPixels(images, indices) },
    ...labels && { labels: Uint8Array.from(chosen, (i) => labels[i]) },
    ...masks && { masks: gather(masks, chosen, height * width) },
    ...sources && { sources: chosen.map((i) => sources[i]) },
  };
}

/** The bytes of some of the images. */
function selectPixels(images: Images, indices: ArrayLike<number>): Uint8Array {
  const count = countImages(images);
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i];
    if (!(Number.isInteger(index) && index >= 0 && index < count)) {
      throw new RangeError(`there is no image ${index}`);
    }
  }
  return gather(images.pixels, indices, sizeOf(images));
}

/** Parts of some size, one behind the other. */
function gather(
  bytes: Uint8Array,
  indices: ArrayLike<number>,
  size: number,
): Uint8Array {
  const chosen = new Uint8Array(indices.length * size);
  for (let i = 0; i < indices.length; i++) {
    const start = indices[i] * size;
    chosen.set(bytes.subarray(start, start + size), i * size);
  }
  return chosen;
}

/**
 * The first images, as {@linkcode selectImages} gives them.
 *
 * @param images where they are
 * @param count how many at most
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const pixels = Uint8Array.of(1, 2, 3, 4);
 * const images = { height: 1, width: 2, channels: 1, pixels };
 * assertEquals([...firstImages(images, 1).pixels], [1, 2]);
 * ```
 */
export function firstImages(
  images: LabelledImages,
  count: number,
): LabelledImages;
/** The same of images without labels. */
export function firstImages(images: Images, count: number): Images;
export function firstImages(images: Images, count: number): Images {
  const length = Math.min(count, countImages(images));
  return selectImages(images, Array.from({ length }, (_, i) => i));
}
