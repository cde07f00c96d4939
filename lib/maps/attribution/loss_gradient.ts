import { requireShape } from "../reconstruction_error.ts";
import type { Reconstruct } from "../maps.ts";
import {
  forgetStoppedGradients,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
  tf,
} from "../../tensor/tensorflow.ts";

/**
 * The gradient of each image's reconstruction loss r̄ by the image, with its
 * sign: what most maps here are made of.
 *
 * @param reconstruct the model
 * @param x images [N, H, W, C]
 * @returns [N, H, W, C]
 * @throws {ReconstructionError} when `reconstruct` returns another shape
 *
 * @example A model that returns black images: r̄ = mean(x²)
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { tf } from "../../tensor/tensorflow.ts";
 *
 * const x = tf.tensor4d([1, -2], [1, 1, 2, 1]);
 * assertEquals([...lossGradient(tf.zerosLike, x).dataSync()], [1, -2]);
 * ```
 */
export function lossGradient(reconstruct: Reconstruct, x: Tensor4D): Tensor4D {
  forgetStoppedGradients();
  const pixels = x.size / x.shape[0];
  // Images do not touch one another: the summed losses' gradient is each one's.
  const summed = (image: Tensor) => {
    const y = reconstruct(image as Tensor4D);
    requireShape(y, image);
    return tf.sum(tf.squaredDifference(image, y)).div(pixels);
  };
  return tf.tidy(() => tf.grad(summed)(x) as Tensor4D);
}

/**
 * A signed map of several channels as one without a sign: the largest channel,
 * as for a saliency map (Simonyan et al., 2014).
 *
 * @param signed [N, H, W, C]
 * @returns [N, H, W], ≥ 0
 */
export function strongestChannel(signed: Tensor4D): Tensor3D {
  return tf.tidy(() => tf.max(tf.abs(signed), 3) as Tensor3D);
}
