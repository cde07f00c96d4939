import {
  forgetStoppedGradients,
  type Tensor1D,
  type Tensor3D,
  type Tensor4D,
  tf,
} from "../../tensor/tensorflow.ts";
import { strongestChannel } from "./loss_gradient.ts";

/**
 * How strongly a novelty score changes with each pixel: the saliency map
 * (Simonyan et al., 2014) of another score than r̄, |d score / d x|, of several
 * channels the maximum.
 *
 * @param score images [N, H, W, C] to one number an image, [N]; it must treat
 * the images of a batch separately
 * @param x images [N, H, W, C]
 * @returns [N, H, W], ≥ 0
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { type Tensor1D, tf } from "../../tensor/tensorflow.ts";
 *
 * const x = tf.tensor4d([1, -2], [1, 1, 2, 1]);
 * const map = scoreGradientMap((x) => tf.sum(tf.square(x), [1, 2, 3]) as Tensor1D, x);
 * assertEquals([...map.dataSync()], [2, 4]);
 * ```
 */
export function scoreGradientMap(
  score: (x: Tensor4D) => Tensor1D,
  x: Tensor4D,
): Tensor3D {
  forgetStoppedGradients();
  return tf.tidy(() =>
    strongestChannel(
      tf.grad((x) => tf.sum(score(x as Tensor4D)))(x) as Tensor4D,
    )
  );
}
