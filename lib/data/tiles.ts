import { type Tensor2D, tf, tidyNumbers } from "../tensor/tensorflow.ts";
import type { Images } from "./images.ts";

/**
 * Cuts one image into square tiles.
 *
 * The image is first scaled so that its shorter side is twice the tile's. Tiles
 * lie evenly along the longer side, and overlap where it is no multiple of the
 * tile's, so that every part of the image is in a tile. An image that has
 * already the size of a tile is one tile, unscaled.
 *
 * @param image one image
 * @param size side of a tile in pixels
 * @returns the tiles, row by row
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const pixels = new Uint8Array(8 * 16).fill(90);
 * const image = { height: 8, width: 16, channels: 1, pixels };
 * const tiles = cutTiles(image, 4);
 * assertEquals([tiles.height, tiles.width, tiles.pixels.length], [4, 4, 8 * 16]);
 * ```
 */
export function cutTiles(image: Images, size: number): Images {
  const { height, width, channels } = image;
  if (height === size && width === size) return image;
  const scale = 2 * size / Math.min(height, width);
  const rows = Math.round(scale * height);
  const columns = Math.round(scale * width);
  const scaled = resize(image, rows, columns);
  const parts: Uint8Array[] = [];
  for (const top of starts(rows, size)) {
    for (const left of starts(columns, size)) {
      for (let row = top; row < top + size; row++) {
        const from = (row * columns + left) * channels;
        parts.push(scaled.subarray(from, from + size * channels));
      }
    }
  }
  const tiles = new Uint8Array(parts.length * size * channels);
  parts.forEach((part, i) => tiles.set(part, i * size * channels));
  return { height: size, width: size, channels, pixels: tiles };
}

/**
 * Scales an image by linear interpolation; when it gets smaller, with a
 * triangular filter as wide as a new pixel, so that nothing is skipped.
 */
function resize(
  { height, width, channels, pixels }: Images,
  rows: number,
  columns: number,
): Uint8Array {
  return tidyNumbers(() => {
    const values = tf.tensor3d(pixels, [height, width, channels], "int32");
    const planes = tf.transpose(tf.cast(values, "float32"), [2, 0, 1]);
    const down = triangles(height, rows);
    const across = triangles(width, columns);
    const scaled = tf.stack(
      tf.unstack(planes).map((plane) =>
        tf.matMul(tf.matMul(down, plane as Tensor2D), across, false, true)
      ),
      2,
    );
    return Uint8Array.from(tf.clipByValue(tf.round(scaled), 0, 255).dataSync());
  });
}

/** Weights [to, from] of the old pixels in the new ones; every row sums to 1. */
function triangles(from: number, to: number): Tensor2D {
  const scale = from / to;
  const reach = Math.max(1, scale);
  const weights = new Float32Array(to * from);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale - 0.5;
    const row = weights.subarray(i * from, (i + 1) * from);
    const first = Math.max(0, Math.ceil(centre - reach));
    const last = Math.min(from - 1, Math.floor(centre + reach));
    for (let j = first; j <= last; j++) {
      row[j] = 1 - Math.abs(j - centre) / reach;
    }
    const sum = row.reduce((a, b) => a + b, 0);
    for (let j = first; j <= last; j++) row[j] /= sum;
  }
  return tf.tensor2d(weights, [to, from]);
}

/** Where tiles begin along a side. */
function starts(length: number, size: number): number[] {
  const count = Math.ceil(length / size);
  return Array.from(
    { length: count },
    (_, i) => Math.round(i * (length - size) / Math.max(1, count - 1)),
  );
}
