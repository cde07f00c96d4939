import { type Activate, activate } from "../../model/activation.ts";
import {
  forgetStoppedGradients,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
  tf,
} from "../../tensor/tensorflow.ts";
import type { ReconstructWith } from "../maps.ts";

/**
 * Grad-CAM (Selvaraju et al., 2017, "Grad-CAM: Visual Explanations from Deep
 * Networks via Gradient-Based Localization", equations 1 and 2) of r̄: feature
 * maps, weighted by the mean of their gradient over positions; what is
 * negative in the sum becomes zero. It is as coarse as the feature maps, and
 * enlarged bilinearly.
 *
 * @param reconstructWith the model, of which activations can be replaced
 * @param x images [N, H, W, C]
 * @param options `featureMaps`: the activation that gives the feature maps, by
 * the layer or block before it
 * @returns [N, H, W], ≥ 0
 * @throws {RangeError} when the model has no such activation, or it gives no
 * feature maps
 *
 * @example One feature map, the image itself: r̄ = mean((x − x̂)²) with x̂ = 2x
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import type { Activate } from "../../model/activation.ts";
 * import { type Tensor4D, tf } from "../../tensor/tensorflow.ts";
 *
 * const model = (x: Tensor4D, activate: Activate) =>
 *   tf.mul(2, activate(x, { kind: "leakyRelu", after: "layer" })) as Tensor4D;
 * const x = tf.tensor4d([1, 3], [1, 1, 2, 1]);
 * // By the feature map the gradient is 2·(x̂ − x): 2 and 6, mean 4.
 * const map = gradCam(model, x, { featureMaps: "layer" });
 * assertEquals([...map.dataSync()], [4, 12]);
 * ```
 */
export function gradCam(
  reconstructWith: ReconstructWith,
  x: Tensor4D,
  { featureMaps }: { featureMaps: string },
): Tensor3D {
  forgetStoppedGradients();
  return tf.tidy(() => {
    const features = featuresOf(reconstructWith, x, featureMaps);
    const pixels = x.size / x.shape[0];
    const summed = (features: Tensor) => {
      const replaced: Activate = (input, activation) =>
        activation.after === featureMaps
          ? features as typeof input
          : activate(input, activation);
      const y = reconstructWith(x, replaced);
      return tf.sum(tf.squaredDifference(x, y)).div(pixels);
    };
    const weights = tf.mean(tf.grad(summed)(features), [1, 2], true);
    const coarse = tf.relu(tf.sum(tf.mul(weights, features), 3, true));
    const [, height, width] = x.shape;
    const fine = tf.image.resizeBilinear(
      coarse as Tensor4D,
      [height, width],
      false,
      true,
    );
    return tf.squeeze(fine, [3]) as Tensor3D;
  });
}

/** What an activation gives. */
function featuresOf(
  reconstructWith: ReconstructWith,
  x: Tensor4D,
  after: string,
): Tensor4D {
  let features: Tensor | undefined;
  tf.tidy(() =>
    reconstructWith(x, (input, activation) => {
      const y = activate(input, activation);
      if (activation.after === after) features = tf.keep(tf.clone(y));
      return y;
    })
  );
  if (features?.rank !== 4) {
    features?.dispose();
    throw new RangeError(
      `the model has no feature maps after "${after}"; give the name of a ` +
        "convolution or block that an activation follows",
    );
  }
  // As a tensor that the surrounding tidy looks after.
  const kept = tf.clone(features) as Tensor4D;
  features.dispose();
  return kept;
}
