import { assertEquals } from "@std/assert";
import { reverseGradient } from "../../lib/tensor/reverse_gradient.ts";
import { type Scalar, type Tensor, tf } from "../../lib/tensor/tensorflow.ts";
import { assertNoLeak } from "../assert.ts";

const x = tf.tensor2d([[1, -2], [3, 0.5]]);

Deno.test("reverseGradient() gives its input", () => {
  assertEquals(reverseGradient(x).arraySync(), x.arraySync());
});

Deno.test("reverseGradient() turns the gradient's sign before it, not after it", () => {
  const loss = (w: Tensor, v: Tensor) =>
    tf.sum(tf.mul(reverseGradient(tf.mul(x, w)), v)) as Scalar;
  const [byW, byV] = tf.grads(loss)([tf.scalar(2), tf.scalar(5)]);
  // Σ x·w·v with Σ x = 2.5.
  assertEquals(byW.dataSync()[0], -2.5 * 5);
  assertEquals(byV.dataSync()[0], 2.5 * 2);
});

Deno.test("reverseGradient() leaves no tensors", () => {
  assertNoLeak(() => void tf.grad((x) => tf.sum(reverseGradient(x)))(x));
});
