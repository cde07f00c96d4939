import { type Tensor, tf } from "./tensorflow.ts";

/**
 * Gaussian noise that its seed decides.
 *
 * @param shape of the result
 * @param deviation standard deviation
 * @param seed a whole number from 0; TensorFlow.js takes 0 for none and would
 * draw anew each time
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(gaussian([2], 1, 0).dataSync(), gaussian([2], 1, 0).dataSync());
 * ```
 */
export function gaussian<T extends Tensor>(
  shape: number[],
  deviation: number,
  seed: number,
): T {
  return tf.randomNormal(shape, 0, deviation, "float32", 1 + seed) as T;
}
