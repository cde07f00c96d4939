import { computeMaps, type Reconstruct, scaleMaps } from "../maps.ts";
import { type Tensor3D, type Tensor4D, tf } from "../../tensor/tensorflow.ts";
import { lossGradient } from "./loss_gradient.ts";

/**
 * Saliency times error: bright where both maps of the paper are, each scaled
 * by its maximum in the image. That changes no order of an image's pixels, but
 * the order of pixels of different images.
 *
 * @param reconstruct the model
 * @param x images [N, H, W, C]
 * @returns [N, H, W], 0 to 1
 */
export function saliencyTimesError(
  reconstruct: Reconstruct,
  x: Tensor4D,
): Tensor3D {
  return tf.tidy(() => {
    const { saliency, error } = computeMaps(reconstruct, x);
    return tf.mul(scaleMaps(saliency), scaleMaps(error));
  });
}

/**
 * Gradient times input (Shrikumar et al., 2016, "Not Just a Black Box"):
 * |Σ over channels of xᵢ · ∂r̄/∂xᵢ|.
 *
 * @param reconstruct the model
 * @param x images [N, H, W, C]
 * @returns [N, H, W], ≥ 0
 *
 * @example A model that returns black images: xᵢ · 2xᵢ/n
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { tf } from "../../tensor/tensorflow.ts";
 *
 * const x = tf.tensor4d([1, -2], [1, 1, 2, 1]);
 * assertEquals([...gradientTimesInput(tf.zerosLike, x).dataSync()], [1, 4]);
 * ```
 */
export function gradientTimesInput(
  reconstruct: Reconstruct,
  x: Tensor4D,
): Tensor3D {
  return tf.tidy(() =>
    tf.abs(tf.sum(tf.mul(x, lossGradient(reconstruct, x)), 3)) as Tensor3D
  );
}
