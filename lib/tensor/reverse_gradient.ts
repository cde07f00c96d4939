import { type Tensor, tf } from "./tensorflow.ts";
import { differentiable } from "./custom_gradient.ts";

/**
 * Its input, with the gradient's sign turned: what is before it climbs the
 * loss that what is after it descends, so that one step of an optimiser moves
 * two adversaries. Ganin & Lempitsky (2015), "Unsupervised Domain Adaptation
 * by Backpropagation".
 *
 * @param x any shape
 * @returns x
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { tf } from "./tensorflow.ts";
 *
 * const slope = tf.grad((x) => tf.square(reverseGradient(x)));
 * assertEquals(slope(tf.scalar(3)).dataSync()[0], -6);
 * ```
 */
export function reverseGradient<T extends Tensor>(x: T): T {
  return differentiable({
    inputs: { x },
    forward: () => tf.clone(x),
    backward: (dy) => ({ x: () => tf.neg(dy) }),
  });
}
