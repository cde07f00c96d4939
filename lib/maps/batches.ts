import { countImages, type Images, toBatch } from "../data/images.ts";
import { requireCounts } from "../support/require_counts.ts";
import {
  type Tensor,
  type Tensor4D,
  tidyNumbers,
} from "../tensor/tensorflow.ts";

/** Images that can be had as tensors, some at a time. */
export interface BatchSource {
  /** Number of images. */
  count: number;
  /** The images from `start` on, before `end`: [N, H, W, C]. */
  batch(start: number, end: number): Tensor4D;
}

/**
 * Stored images as a source of batches.
 *
 * @param images any number
 */
export function batchesOf(images: Images): BatchSource {
  return {
    count: countImages(images),
    batch: (start, end) =>
      toBatch(
        images,
        Array.from({ length: end - start }, (_, i) => start + i),
      ),
  };
}

/**
 * Computes tensors of many images, batch by batch, and hands out the numbers
 * of each image. Tensors are disposed of.
 *
 * @param source the images, for instance from {@linkcode batchesOf}
 * @param compute called with a batch [N, H, W, C] and the index of its first
 * image; returns tensors by name, each with N as its first axis
 * @param options.size images a batch (default: 160; every operation has a
 * fixed cost that more images share)
 * @throws {RangeError} when the size is no whole number from 1
 * @yields for each image of a batch, by name, the numbers of its tensors: of a
 * tensor [N, H, W, C] there are H·W·C, in row order
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { tf } from "../tensor/tensorflow.ts";
 *
 * const images = { height: 1, width: 2, channels: 1, pixels: Uint8Array.of(0, 0, 255, 0) };
 * const [batch] = mapBatches(batchesOf(images), (x) => ({ twice: tf.mul(x, 2) }));
 * assertEquals(batch.map(({ twice }) => [...twice]), [[0, 0], [2, 0]]);
 * ```
 */
export function* mapBatches<Name extends string>(
  { count, batch }: BatchSource,
  compute: (x: Tensor4D, start: number) => Record<Name, Tensor>,
  { size = 160 }: { size?: number } = {},
): Generator<Record<Name, Float32Array>[]> {
  requireCounts({ size });
  for (let start = 0; start < count; start += size) {
    const end = Math.min(start + size, count);
    const computed = tidyNumbers(() =>
      Object.entries<Tensor>(compute(batch(start, end), start))
        .map(([name, tensor]) => [name, tensor.dataSync()] as const)
    );
    yield Array.from(
      { length: end - start },
      (_, i) =>
        Object.fromEntries(computed.map(([name, values]) => {
          const each = values.length / (end - start);
          return [name, values.subarray(i * each, (i + 1) * each)];
        })) as Record<Name, Float32Array>,
    );
  }
}
