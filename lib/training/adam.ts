import { type Tensor1D, tf } from "../tensor/tensorflow.ts";

/** Adam's state: all parameters in one vector, and a moment of each. */
export interface AdamState {
  /** θ, [P]. */
  parameters: Tensor1D;
  /** m, [P]. */
  firstMoment: Tensor1D;
  /** v, [P]. */
  secondMoment: Tensor1D;
  /** Steps taken so far. */
  step: number;
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/**
 * One step of Adam (Kingma & Ba, 2015, algorithm 1) with PyTorch's defaults.
 * All parameters are one vector: ten operations a step instead of ten for each
 * of 46 arrays.
 *
 * @param state the state before; its tensors are left alone
 * @param gradient the loss's gradient by the parameters, [P]
 * @param learningRate α
 * @returns the state after; the caller disposes of the tensors
 *
 * @example The first step moves each parameter by α against its gradient
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { tf } from "../tensor/tensorflow.ts";
 *
 * const zero = tf.tensor1d([0]);
 * const before = { parameters: zero, firstMoment: zero, secondMoment: zero, step: 0 };
 * const after = adamStep(before, tf.tensor1d([5]), 0.01);
 * assertAlmostEquals(after.parameters.dataSync()[0], -0.01, 1e-6);
 * ```
 */
export function adamStep(
  { parameters, firstMoment, secondMoment, step }: AdamState,
  gradient: Tensor1D,
  learningRate: number,
): AdamState {
  const next = step + 1;
  const rate = learningRate / (1 - BETA1 ** next);
  const correction = Math.sqrt(1 - BETA2 ** next);
  const moments = tf.tidy(() => ({
    firstMoment: mix(firstMoment, gradient, BETA1),
    secondMoment: mix(secondMoment, tf.square(gradient), BETA2),
  }));
  const moved = tf.tidy(() => {
    const deviation = tf.sqrt(moments.secondMoment).div(correction);
    const change = tf.div(moments.firstMoment, deviation.add(EPSILON));
    return tf.sub(parameters, change.mul(rate)) as Tensor1D;
  });
  return { ...moments, parameters: moved, step: next };
}

function mix(average: Tensor1D, value: Tensor1D, beta: number): Tensor1D {
  return tf.add(tf.mul(average, beta), tf.mul(value, 1 - beta));
}
