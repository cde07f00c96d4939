import { type Tensor, type Tensor1D, tf } from "./tensorflow.ts";
import { differentiable } from "./custom_gradient.ts";

/**
 * Adds two tensors of one shape. The gradient passes through untouched, where
 * that of `tf.add` makes two copies for shapes that might differ.
 *
 * @param a any shape
 * @param b the same shape
 * @returns a + b
 */
export function sum<T extends Tensor>(a: T, b: T): T {
  return differentiable({
    inputs: { a, b },
    forward: () => tf.add(a, b) as T,
    backward: (dy) => ({ a: () => tf.clone(dy), b: () => tf.clone(dy) }),
  });
}

/**
 * Adds a constant to each channel. Differentiable by the image only.
 *
 * @param x […, C]
 * @param shift [C], frozen
 * @returns x + shift, […, C]
 */
export function shiftChannels<T extends Tensor>(x: T, shift: Tensor1D): T {
  return differentiable({
    inputs: { x },
    forward: () => tf.add(x, shift) as T,
    backward: (dy) => ({ x: () => tf.clone(dy) }),
  });
}
