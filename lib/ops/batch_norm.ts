import { type Tensor1D, type Tensor4D, tf } from "../tensorflow.ts";
import { differentiable } from "./differentiable.ts";
import { FLOAT, runKernel } from "./kernel.ts";

/** PyTorch's default, added to the variance. */
export const EPSILON = 1e-5;

/** Mean and biased variance of a batch, per channel. */
export interface BatchStatistics {
  mean: Tensor1D;
  variance: Tensor1D;
}

const attributes = {
  T: FLOAT,
  U: FLOAT,
  epsilon: { float: EPSILON },
  data_format: { string: "NHWC" },
};

/**
 * Mean and biased variance of each channel. First within each image, then over
 * images: one long sum, as TensorFlow's fused kernel computes it, rounds
 * twenty times as much, which moves activations over LeakyReLU's kink and
 * changes gradients in their third digit.
 *
 * @param x [N, H, W, C]
 * @returns two vectors, [C]; the caller disposes of them
 */
export function batchStatistics(x: Tensor4D): BatchStatistics {
  const [n, height, width, channels] = x.shape;
  const average = (values: Tensor4D) =>
    tf.mean(
      tf.mean(tf.reshape(values, [n, height * width, channels]), 1),
      0,
    ) as Tensor1D;
  return tf.tidy(() => {
    const mean = average(x);
    const variance = average(tf.squaredDifference(x, mean));
    return { mean, variance };
  });
}

/**
 * Batch normalisation in training mode: each channel is brought to mean 0 and
 * variance 1 over the batch, then scaled and shifted. Both passes use
 * TensorFlow's fused kernels, for which TensorFlow.js would compose eight
 * operations.
 *
 * @param x [N, H, W, C]
 * @param statistics of x, as {@linkcode batchStatistics} gives them; the
 * gradient takes into account that they depend on x
 * @param scale γ, [C]
 * @param offset β, [C]
 * @returns the normalised batch, [N, H, W, C]
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { tf } from "../tensorflow.ts";
 *
 * const x = tf.tensor4d([1, 3], [2, 1, 1, 1]);
 * const y = batchNorm(x, batchStatistics(x), tf.tensor1d([1]), tf.tensor1d([0]));
 * assertAlmostEquals(y.dataSync()[1], 1, 1e-5);
 * ```
 */
export function batchNorm(
  x: Tensor4D,
  { mean, variance }: BatchStatistics,
  scale: Tensor1D,
  offset: Tensor1D,
): Tensor4D {
  return differentiable({
    inputs: { x, scale, offset },
    forward: (save) => {
      [x, scale, mean, variance].forEach(save);
      return runKernel(
        "FusedBatchNormV3",
        [x, scale, offset, mean, variance],
        {
          ...attributes,
          exponential_avg_factor: { float: 1 },
          is_training: { bool: false },
        },
        6,
      )[0] as Tensor4D;
    },
    backward: (dy, saved) => {
      const [dx, dScale, dOffset] = runKernel(
        "FusedBatchNormGradV3",
        [dy, ...saved, tf.zeros([0])],
        { ...attributes, is_training: { bool: true } },
        5,
      );
      return { x: () => dx, scale: () => dScale, offset: () => dOffset };
    },
  });
}
