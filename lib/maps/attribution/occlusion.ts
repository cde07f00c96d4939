import { requireCounts } from "../../support/require_counts.ts";
import { errorMap, type Reconstruct } from "../maps.ts";
import {
  type Tensor1D,
  type Tensor3D,
  type Tensor4D,
  tf,
} from "../../tensor/tensorflow.ts";

/**
 * Occlusion (Zeiler & Fergus, 2014): a black patch is slid over the image. A
 * pixel's value is the mean, over the patches that cover it, of how much r̄
 * falls; where it rises, 0. So the map shows what makes an image novel: what
 * it would be less novel without.
 *
 * @param reconstruct the model
 * @param x images [N, H, W, C]
 * @param options `size` of the patch (4 pixels) and `stride` from one to the
 * next (2 pixels)
 * @returns [N, H, W], ≥ 0
 * @throws {RangeError} when a number is no whole one from 1, the patch is larger
 * than the image, or the stride than the patch
 */
export function occlusion(
  reconstruct: Reconstruct,
  x: Tensor4D,
  { size = 4, stride = 2 }: { size?: number; stride?: number } = {},
): Tensor3D {
  const [n, height, width] = x.shape;
  requirePatches(size, stride, Math.min(height, width));
  const loss = (images: Tensor4D) =>
    tf.tidy(() =>
      tf.mean(errorMap(images, reconstruct(images)), [1, 2]) as Tensor1D
    );
  // The last one ends where the image does, so that every pixel is covered.
  const starts = (length: number) =>
    Array.from(
      { length: Math.ceil((length - size) / stride) + 1 },
      (_, i) => Math.min(i * stride, length - size),
    );
  return tf.tidy(() => {
    const before = loss(x);
    let falls = tf.zeros([n, height, width]) as Tensor3D;
    let covers = tf.zeros([1, height, width]) as Tensor3D;
    for (const top of starts(height)) {
      for (const left of starts(width)) {
        [falls, covers] = tf.tidy(() => {
          const patch = patchAt(top, left, size, [height, width]);
          const rest = tf.expandDims(tf.sub(1, patch), 3);
          const fall = tf.sub(before, loss(tf.mul(x, rest) as Tensor4D));
          const next = [
            tf.add(falls, tf.mul(patch, tf.reshape(fall, [n, 1, 1]))),
            tf.add(covers, patch),
          ] as [Tensor3D, Tensor3D];
          tf.dispose([falls, covers]);
          return next;
        });
      }
    }
    return tf.relu(tf.div(falls, covers)) as Tensor3D;
  });
}

function requirePatches(size: number, stride: number, side: number) {
  requireCounts({ size, stride });
  if (size > side) {
    throw new RangeError(
      `a patch of ${size} pixels does not fit into ${side}; choose a smaller one`,
    );
  }
  if (stride > size) {
    throw new RangeError(
      `patches of ${size} pixels, ${stride} apart, leave pixels uncovered; ` +
        "choose a smaller stride",
    );
  }
}

/** 1 where the patch is, else 0: [1, H, W]. */
function patchAt(
  top: number,
  left: number,
  size: number,
  [height, width]: [number, number],
): Tensor3D {
  return tf.pad(tf.ones([1, size, size]), [
    [0, 0],
    [top, height - top - size],
    [left, width - left - size],
  ]) as Tensor3D;
}
