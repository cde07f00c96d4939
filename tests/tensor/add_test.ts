import { shiftChannels, sum } from "../../lib/tensor/add.ts";
import { type Tensor1D, tf } from "../../lib/tensor/tensorflow.ts";
import { assertClose, assertNoLeak } from "../assert.ts";

const random = (seed: number) =>
  tf.randomNormal([2, 3, 4, 5], 0, 1, "float32", seed);

Deno.test("sum() has the value and the gradients of tf.add", () => {
  assertNoLeak(() => {
    const inputs = [random(1), random(2)];
    assertClose(sum(inputs[0], inputs[1]), tf.add(inputs[0], inputs[1]), 0);
    const gradients = (add: typeof sum) =>
      tf.grads((a, b) => tf.sum(tf.square(add(a, tf.mul(b, a)))))(inputs);
    const expected = gradients(tf.add);
    gradients(sum).forEach((tensor, i) =>
      assertClose(tensor, expected[i], 1e-5)
    );
  });
});

Deno.test("shiftChannels() has the value and the gradient of tf.add", () => {
  assertNoLeak(() => {
    const x = random(1);
    const shift = tf.randomNormal([5], 0, 1, "float32", 2) as Tensor1D;
    assertClose(shiftChannels(x, shift), tf.add(x, shift), 0);
    const gradient = (add: typeof shiftChannels) =>
      tf.grad((x) => tf.sum(tf.square(add(x, shift))))(x);
    assertClose(gradient(shiftChannels), gradient(tf.add), 1e-5);
  });
});
