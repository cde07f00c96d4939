import { type Activate, activate } from "../../model/activation.ts";
import { differentiable } from "../../tensor/custom_gradient.ts";
import {
  type Tensor,
  type Tensor3D,
  type Tensor4D,
  tf,
} from "../../tensor/tensorflow.ts";
import type { ReconstructWith } from "../maps.ts";
import { lossGradient, strongestChannel } from "./loss_gradient.ts";

/**
 * Guided backpropagation (Springenberg et al., 2015, "Striving for
 * Simplicity") of r̄: on the way back, what is negative at the output of a
 * LeakyReLU is set to zero. The paper has ReLUs, whose own gradient is zero for
 * negative inputs; that of a LeakyReLU stays 0.01. Sigmoids are as they are.
 *
 * @param reconstructWith the model, of which activations can be replaced
 * @param x images [N, H, W, C]
 * @returns [N, H, W], ≥ 0; the strongest channel
 *
 * @example A model that halves images: where r̄ would fall with x̂, it counts as still
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import type { Activate } from "../../model/activation.ts";
 * import { type Tensor4D, tf } from "../../tensor/tensorflow.ts";
 *
 * const half = (x: Tensor4D, activate: Activate) =>
 *   activate(tf.mul(x, 0.5) as Tensor4D, { kind: "leakyRelu", after: "half" });
 * const x = tf.tensor4d([1, 2], [1, 1, 2, 1]);
 * // r̄ = mean((x − x̂)²): by x alone x/2 and by x̂ −x/2, which is negative.
 * assertEquals([...guidedBackpropagation(half, x).dataSync()], [0.5, 1]);
 * ```
 */
export function guidedBackpropagation(
  reconstructWith: ReconstructWith,
  x: Tensor4D,
): Tensor3D {
  return tf.tidy(() =>
    strongestChannel(lossGradient((x) => reconstructWith(x, guided), x))
  );
}

const guided: Activate = (x, activation) => {
  const y = activate(x, activation);
  return activation.kind === "leakyRelu" ? positiveGradient(y) : y;
};

/** The same numbers; only what is positive of the gradient goes back. */
function positiveGradient<T extends Tensor>(x: T): T {
  return differentiable({
    inputs: { x },
    forward: () => tf.clone(x),
    backward: (dy) => ({ x: () => tf.relu(dy) }),
  });
}
