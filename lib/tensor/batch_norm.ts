import { type Tensor, type Tensor1D, type Tensor4D, tf } from "./tensorflow.ts";
import { differentiable } from "./custom_gradient.ts";
import { FLOAT, INT32, runKernel } from "./native_kernel.ts";

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
  data_format: { string: "NHWC" },
};

/** y = scale·(x − mean)/√(variance + ε) + offset, in one pass over memory. */
function normalise(
  x: Tensor4D,
  { mean, variance }: BatchStatistics,
  scale: Tensor1D,
  offset: Tensor1D,
  epsilon: number,
): Tensor4D {
  return runKernel("FusedBatchNormV3", [x, scale, offset, mean, variance], {
    ...attributes,
    epsilon: { float: epsilon },
    exponential_avg_factor: { float: 1 },
    is_training: { bool: false },
  }, 6)[0] as Tensor4D;
}

/** Mean of each channel: within each image first, then over images. */
function average(x: Tensor4D): Tensor1D {
  const mean = (values: Tensor, axes: number[]) =>
    runKernel("Mean", [values, tf.tensor1d(axes, "int32")], {
      T: FLOAT,
      Tidx: INT32,
      keep_dims: { bool: false },
    })[0];
  return mean(mean(x, [1, 2]), [0]) as Tensor1D;
}

/**
 * Mean and biased variance of each channel. First within each image, then over
 * images: one long sum, as TensorFlow's fused kernel computes it, rounds more,
 * which moves activations over LeakyReLU's kink and so changes gradients. Not
 * differentiable:
 * {@linkcode batchNorm} knows how they depend on x.
 *
 * @param x [N, H, W, C]
 * @returns two vectors, [C]; the caller disposes of them
 */
export function batchStatistics(x: Tensor4D): BatchStatistics {
  return tf.tidy(() => {
    const mean = average(x);
    const [zero, one] = [tf.zerosLike(mean), tf.onesLike(mean)];
    // This kernel subtracts faster than tf.sub.
    const centred = normalise(x, { mean, variance: one }, one, zero, 0);
    return { mean, variance: average(tf.square(centred)) };
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
 * import { tf } from "./tensorflow.ts";
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
      return normalise(x, { mean, variance }, scale, offset, EPSILON);
    },
    backward: (dy, saved) => {
      const [dx, dScale, dOffset] = runKernel(
        "FusedBatchNormGradV3",
        [dy, ...saved, tf.zeros([0])],
        {
          ...attributes,
          epsilon: { float: EPSILON },
          is_training: { bool: true },
        },
        5,
      );
      return { x: () => dx, scale: () => dScale, offset: () => dOffset };
    },
  });
}
