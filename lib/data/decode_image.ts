import { type Tensor3D, tf, tidyNumbers } from "../tensor/tensorflow.ts";
import { DataError } from "./dataset.ts";
import type { Images } from "./images.ts";

/**
 * Decodes a PNG or JPEG file, a JPEG upright as its EXIF orientation says.
 *
 * 16-bit values keep their upper eight bits, a palette becomes its colours,
 * and transparency is dropped. Grey is 0.299 red + 0.587 green + 0.114 blue
 * (ITU-R BT.601).
 *
 * @param bytes the whole file
 * @param options.channels 1 for grey, 3 for colour (default: 1)
 * @returns one image
 * @throws {DataError} when it is no PNG or JPEG, or damaged
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { tf } from "../tensor/tensorflow.ts";
 *
 * const png = await tf.node.encodePng(tf.tensor3d([[[7], [9]]]));
 * const { width, pixels } = decodeImage(png);
 * assertEquals([width, ...pixels], [2, 7, 9]);
 * ```
 */
export function decodeImage(
  bytes: Uint8Array,
  { channels = 1 }: { channels?: 1 | 3 } = {},
): Images {
  return tidyNumbers(() => {
    const upright = isPng(bytes)
      ? decode(() => tf.node.decodePng(bytes, 3))
      : decodeUpright(bytes);
    return imageOf(channels === 1 ? grey(upright) : upright);
  });
}

/**
 * Decodes a mask as {@linkcode decodeImage} does a grey picture, but for
 * transparency: what is transparent is black, for nothing was drawn there.
 *
 * @param bytes the whole file
 * @returns one image of one channel
 * @throws {DataError} when it is no PNG or JPEG, or damaged
 */
export function decodeMask(bytes: Uint8Array): Images {
  if (!isPng(bytes)) return decodeImage(bytes);
  return tidyNumbers(() => {
    const decoded = decode(() => tf.node.decodePng(bytes, 4));
    const [colour, opacity] = tf.split(decoded, [3, 1], 2) as Tensor3D[];
    const share = tf.div(opacity, 255);
    return imageOf(tf.round(tf.mul(grey(colour), share)));
  });
}

const isPng = (bytes: Uint8Array) => bytes[0] === 0x89 && bytes[1] === 0x50;

/** A JPEG file as its EXIF orientation says. */
function decodeUpright(bytes: Uint8Array): Tensor3D {
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8;
  if (!isJpeg) throw new DataError("it is no PNG or JPEG file");
  const decoded = decode(() => tf.node.decodeJpeg(bytes, 3));
  return turnUpright(decoded, exifOrientation(bytes));
}

function imageOf(image: Tensor3D): Images {
  const [height, width, channels] = image.shape;
  const pixels = Uint8Array.from(image.dataSync());
  return { height, width, channels, pixels };
}

function decode(decoder: () => unknown): Tensor3D {
  try {
    return decoder() as Tensor3D;
  } catch {
    throw new DataError("the file is damaged");
  }
}

function grey(image: Tensor3D): Tensor3D {
  const weighted = tf.mul(image, tf.tensor1d([0.299, 0.587, 0.114]));
  return tf.round(tf.sum(weighted, 2, true)) as Tensor3D;
}

/** Undoes the eight orientations of EXIF: mirrored, turned or both. */
function turnUpright(image: Tensor3D, orientation: number): Tensor3D {
  const turned = orientation > 4
    ? tf.transpose(image, [1, 0, 2]) as Tensor3D
    : image;
  const axes = [
    ...([3, 4, 7, 8].includes(orientation) ? [0] : []),
    ...([2, 3, 6, 7].includes(orientation) ? [1] : []),
  ];
  return axes.length > 0 ? tf.reverse(turned, axes) as Tensor3D : turned;
}

/**
 * Orientation of a JPEG file: 1 to 8, and 1 where it says none of them.
 *
 * @see EXIF 2.3, tag 0x0112 in the APP1 segment
 */
function exifOrientation(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 2;
  while (at + 10 <= bytes.length && view.getUint16(at) !== 0xffda) {
    if (view.getUint16(at) === 0xffff) { // a byte that fills up
      at++;
      continue;
    }
    const length = view.getUint16(at + 2);
    const isExif = view.getUint16(at) === 0xffe1 &&
      view.getUint32(at + 4) === 0x45786966; // "Exif"
    if (isExif) return orientationTag(bytes.subarray(at + 10, at + 2 + length));
    at += 2 + length;
  }
  return 1;
}

function orientationTag(tiff: Uint8Array): number {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.length);
  try {
    const little = view.getUint16(0) === 0x4949; // "II"
    const directory = view.getUint32(4, little);
    const entries = view.getUint16(directory, little);
    for (let i = 0; i < entries; i++) {
      const entry = directory + 2 + 12 * i;
      if (view.getUint16(entry, little) === 0x0112) {
        const orientation = view.getUint16(entry + 8, little);
        return orientation >= 1 && orientation <= 8 ? orientation : 1;
      }
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // a tag cut short
  }
  return 1;
}
