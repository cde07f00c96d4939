import { assertEquals } from "@std/assert";
import { batchNorm, batchStatistics } from "../../lib/tensor/batch_norm.ts";
import {
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tf,
} from "../../lib/tensor/tensorflow.ts";
import { assertClose, assertNear, assertNoLeak } from "../assert.ts";

const x = tf.randomNormal([4, 3, 5, 6], 2, 3, "float32", 1) as Tensor4D;
const scale = tf.randomNormal([6], 1, 1, "float32", 2) as Tensor1D;
const offset = tf.randomNormal([6], 0, 1, "float32", 3) as Tensor1D;

/** Batch norm composed of TensorFlow.js's own operations. */
function plain(x: Tensor4D, scale: Tensor1D, offset: Tensor1D): Tensor {
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  return tf.sub(x, mean).div(tf.sqrt(tf.add(variance, 1e-5)))
    .mul(scale).add(offset);
}

Deno.test("batchNorm() has the value and the gradients of its plain form", () => {
  assertNoLeak(() => {
    const fused = (x: Tensor4D, scale: Tensor1D, offset: Tensor1D) =>
      batchNorm(x, batchStatistics(x), scale, offset);
    assertClose(fused(x, scale, offset), plain(x, scale, offset), 1e-5);
    const weights = tf.randomNormal(x.shape, 0, 1, "float32", 4);
    const gradients = (f: typeof plain) =>
      tf.grads((...inputs) =>
        tf.sum(
          tf.mul(f(...inputs as [Tensor4D, Tensor1D, Tensor1D]), weights),
        )
      )([x, scale, offset]);
    const expected = gradients(plain);
    gradients(fused).forEach((tensor, i) =>
      assertClose(tensor, expected[i], 1e-4)
    );
  });
});

Deno.test("batchStatistics() gives mean and biased variance of 200,704 numbers to 1e-6", () => {
  assertNoLeak(() => {
    const long = tf.randomNormal([256, 28, 28, 1], 0.7, 1, "float32", 5);
    const numbers = Float64Array.from(long.dataSync());
    const average = (values: Float64Array) =>
      values.reduce((a, b) => a + b, 0) / values.length;
    const mean = average(numbers);
    const variance = average(numbers.map((value) => (value - mean) ** 2));
    const statistics = batchStatistics(long as Tensor4D);
    assertNear(statistics.mean.dataSync(), [mean], 1e-6);
    assertNear(statistics.variance.dataSync(), [variance], 1e-6);
  });
});

Deno.test("batchStatistics() of one value a channel has variance 0", () => {
  const { mean, variance } = batchStatistics(tf.tensor4d([3, 4], [1, 1, 1, 2]));
  assertEquals([...mean.dataSync(), ...variance.dataSync()], [3, 4, 0, 0]);
});
