import type { Reconstruct } from "../maps.ts";
import { requireCounts } from "../../support/require_counts.ts";
import { gaussian } from "../../tensor/gaussian_noise.ts";
import { type Tensor3D, type Tensor4D, tf } from "../../tensor/tensorflow.ts";
import { lossGradient, strongestChannel } from "./loss_gradient.ts";

/**
 * SmoothGrad (Smilkov et al., 2017): the saliency of the mean gradient over
 * noisy copies of the image. Every image gets the same noise fields, so its
 * map does not depend on the rest of the batch; intervals over such maps leave
 * out what the noise adds.
 *
 * @param reconstruct the model
 * @param x images [N, H, W, C]
 * @param options `samples` (50, the paper's choice), `noise`: standard
 * deviation as a share of each image's range (0.15, within the paper's 10 to
 * 20 %), `seed` of the noise: field i has the seed `seed + i`, so seeds less
 * than `samples` apart have fields in common
 * @returns [N, H, W], ≥ 0
 * @throws {RangeError} when `samples` is no whole number from 1
 *
 * @example Without noise it is the saliency map
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { tf } from "../../tensor/tensorflow.ts";
 *
 * const x = tf.tensor4d([1, -2], [1, 1, 2, 1]);
 * const map = smoothGrad(tf.zerosLike, x, { samples: 4, noise: 0 });
 * assertEquals([...map.dataSync()], [1, 2]);
 * ```
 */
export function smoothGrad(
  reconstruct: Reconstruct,
  x: Tensor4D,
  { samples = 50, noise = 0.15, seed = 0 }: {
    samples?: number;
    noise?: number;
    seed?: number;
  } = {},
): Tensor3D {
  requireCounts({ samples });
  return tf.tidy(() => {
    const range = tf.sub(
      tf.max(x, [1, 2, 3], true),
      tf.min(x, [1, 2, 3], true),
    );
    const spread = tf.mul(range, noise);
    const shape = [1, ...x.shape.slice(1)];
    let sum = tf.zerosLike(x);
    for (let sample = 0; sample < samples; sample++) {
      sum = tf.tidy(() => {
        const field = gaussian(shape, 1, seed + sample);
        const noisy = tf.add(x, tf.mul(spread, field)) as Tensor4D;
        const total = tf.add(sum, lossGradient(reconstruct, noisy));
        sum.dispose();
        return total as Tensor4D;
      });
    }
    return strongestChannel(tf.div(sum, samples));
  });
}
