import { assertEquals } from "@std/assert";
import { transposedConv2dAsPublished } from "../../lib/tensor/torch_2021_transposed_conv.ts";
import { transposedConv2d } from "../../lib/tensor/convolution.ts";
import { type Tensor, type Tensor4D, tf } from "../../lib/tensor/tensorflow.ts";
import { assertClose, assertNear, assertNoLeak } from "../assert.ts";

const exact = (x: Tensor4D, filter: Tensor4D) =>
  transposedConv2d(x, filter, { stride: 2, padding: [0, 0] });

/** The gradient by x, from the gradient dy by f's value. */
function inputGradient(
  f: (x: Tensor4D, filter: Tensor4D) => Tensor4D,
  x: Tensor4D,
  filter: Tensor4D,
  dy: Tensor,
): Tensor {
  return tf.grad((x) => tf.sum(tf.mul(f(x as Tensor4D, filter), dy)))(x);
}

Deno.test("transposedConv2dAsPublished() has the gradient printed in PyTorch's issue 63314", () => {
  assertNoLeak(() => {
    // The example is one-dimensional: a row of 2 becomes a row of 3.
    // Here a row is 4 long and a second row lies below, both zero.
    const x = tf.tensor4d([1, 1], [1, 1, 2, 1]);
    const filter = tf.tensor4d([-0.7767], [1, 1, 1, 1]);
    const dy = tf.tensor4d([1.5, 0, 0.7, 0, 0, 0, 0, 0], [1, 2, 4, 1]);
    const published = inputGradient(
      transposedConv2dAsPublished,
      x,
      filter,
      dy,
    );
    assertNear(published.dataSync(), [-1.165, 0], 1e-4);
    const right = inputGradient(exact, x, filter, dy);
    assertNear(right.dataSync(), [-1.165, -0.5437], 1e-4);
  });
});

Deno.test("transposedConv2dAsPublished() has the right value", () => {
  assertNoLeak(() => {
    const x = tf.randomNormal([2, 3, 4, 5], 0, 1, "float32", 1) as Tensor4D;
    const filter = tf.randomNormal([1, 1, 6, 5], 0, 1, "float32", 2);
    const y = transposedConv2dAsPublished(x, filter as Tensor4D);
    assertClose(y, exact(x, filter as Tensor4D), 1e-6);
  });
});

Deno.test("transposedConv2dAsPublished() reads dx[i,p] = Σ w[i,o]·flat(gy)[o·H·W + p]", () => {
  assertNoLeak(() => {
    const [height, width, inputs, outputs] = [2, 3, 4, 5];
    const x = tf.zeros([1, height, width, inputs]) as Tensor4D;
    const filter = tf.randomNormal([1, 1, outputs, inputs], 0, 1, "float32", 3);
    const dy = tf.randomNormal(
      [1, 2 * height, 2 * width, outputs],
      0,
      1,
      "float32",
      4,
    );
    const gradient = inputGradient(
      transposedConv2dAsPublished,
      x,
      filter as Tensor4D,
      dy,
    );
    const w = filter.dataSync();
    const flat = tf.transpose(dy, [0, 3, 1, 2]).dataSync();
    const pixels = height * width;
    const expected: number[] = [];
    for (let p = 0; p < pixels; p++) {
      for (let i = 0; i < inputs; i++) {
        let sum = 0;
        for (let o = 0; o < outputs; o++) {
          sum += w[o * inputs + i] * flat[o * pixels + p];
        }
        expected.push(sum);
      }
    }
    assertNear(gradient.dataSync(), expected, 1e-5);
    assertEquals(gradient.shape, x.shape);
  });
});

Deno.test("transposedConv2dAsPublished() reads dw[i,o] = Σ x[i,p]·flat(gy)[o·H·W + p], and the same dx with a frozen filter", () => {
  assertNoLeak(() => {
    const [images, height, width, inputs, outputs] = [3, 2, 3, 4, 5];
    const x = tf.randomNormal(
      [images, height, width, inputs],
      ...[0, 1, "float32" as const, 5],
    ) as Tensor4D;
    const filter = tf.randomNormal(
      [1, 1, outputs, inputs],
      ...[0, 1, "float32" as const, 6],
    ) as Tensor4D;
    const dy = tf.randomNormal(
      [images, 2 * height, 2 * width, outputs],
      ...[0, 1, "float32" as const, 7],
    );
    const [dx, dw] = tf.grads((x, filter) =>
      tf.sum(tf.mul(
        transposedConv2dAsPublished(x as Tensor4D, filter as Tensor4D),
        dy,
      ))
    )([x, filter]);
    const pixels = height * width;
    const values = x.dataSync();
    const flat = tf.transpose(dy, [0, 3, 1, 2]).reshape([images, -1])
      .arraySync() as number[][];
    const expected: number[] = [];
    for (let o = 0; o < outputs; o++) {
      for (let i = 0; i < inputs; i++) {
        let sum = 0;
        for (let n = 0; n < images; n++) {
          for (let p = 0; p < pixels; p++) {
            sum += values[(n * pixels + p) * inputs + i] *
              flat[n][o * pixels + p];
          }
        }
        expected.push(sum);
      }
    }
    assertNear(dw.dataSync(), expected, 1e-4);
    assertEquals(dw.shape, filter.shape);
    const frozen = inputGradient(
      (x, filter) => transposedConv2dAsPublished(x, filter, { frozen: true }),
      x,
      filter,
      dy,
    );
    assertEquals(dx.dataSync(), frozen.dataSync());
  });
});
