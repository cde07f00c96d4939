import { assertNear } from "../assert.ts";
import { cholesky } from "../../lib/tensor/cholesky.ts";
import { type Tensor, type Tensor3D, tf } from "../../lib/tensor/tensorflow.ts";

const factors = tf.tensor3d([
  [[2, 0, 0, 0], [-1, 0.5, 0, 0], [3, 0.25, 1.5, 0], [0, -2, 0.75, 1]],
  [[0.1, 0, 0, 0], [7, 4, 0, 0], [-3, 1, 2, 0], [0.5, 0.5, -1, 3]],
]);

Deno.test("cholesky() gives back the factors that matrices were made of", () => {
  const matrices = tf.matMul(factors, factors, false, true) as Tensor3D;
  cholesky(matrices).forEach((row, i) =>
    row.forEach((entry, j) => {
      const expected = factors.slice([0, i, j], [2, 1, 1]).dataSync();
      assertNear(entry.dataSync(), expected, 2e-4);
    })
  );
});

Deno.test("the gradient of log det A by cholesky() is the inverse of A", () => {
  const logDet = (matrices: Tensor) => {
    const diagonal = cholesky(matrices as Tensor3D).map((row) =>
      tf.log(row.at(-1)!)
    );
    return tf.mul(tf.sum(tf.addN(diagonal)), 2);
  };
  const [factor] = tf.split(factors, 2);
  const matrix = tf.matMul(factor, factor, false, true) as Tensor3D;
  const gradient = tf.grad(logDet)(matrix) as Tensor3D;
  // Only the lower triangle is read; by symmetry each half has its part.
  const whole = tf.mul(
    tf.add(gradient, tf.transpose(gradient, [0, 2, 1])),
    0.5,
  );
  const identity = tf.matMul(whole, matrix).dataSync();
  assertNear(identity, tf.eye(4).dataSync(), 1e-3);
});
