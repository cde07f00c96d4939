import { leakyRelu } from "../../lib/tensor/leaky_relu.ts";
import { type Tensor, tf } from "../../lib/tensor/tensorflow.ts";
import { assertClose, assertNear, assertNoLeak } from "../assert.ts";

const plain = (x: Tensor) =>
  tf.sub(tf.relu(x), tf.mul(tf.relu(tf.neg(x)), 0.01));

Deno.test("leakyRelu() has the value and the gradient of its plain form", () => {
  assertNoLeak(() => {
    const x = tf.randomNormal([3, 4, 5], 0, 1, "float32", 1);
    assertClose(leakyRelu(x), plain(x), 1e-7);
    const gradient = (f: (x: Tensor) => Tensor) =>
      tf.grad((x) => tf.sum(tf.square(f(x))))(x);
    assertClose(gradient(leakyRelu), gradient(plain), 1e-6);
  });
});

Deno.test("leakyRelu() has slope 0.01 at 0, as PyTorch's", () => {
  const gradient = tf.grad((x) => tf.sum(leakyRelu(x)))(tf.tensor1d([0]));
  assertNear(gradient.dataSync(), [0.01], 1e-9);
});
