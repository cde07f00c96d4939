import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  backpropagatedCosine,
  backpropagatedResidual,
  residualRatio,
} from "../../lib/metrics/backpropagated_residual.ts";
import { computeMaps } from "../../lib/maps/maps.ts";
import {
  type Tensor2D,
  type Tensor4D,
  tf,
} from "../../lib/tensor/tensorflow.ts";
import { assertNear } from "../assert.ts";

/** Of a model: its residual and gradient at an image. */
function at(reconstruct: (x: Tensor4D) => Tensor4D, image: Tensor4D) {
  const { reconstruction, gradient } = computeMaps(reconstruct, image);
  return {
    residual: tf.sub(image, reconstruction).dataSync(),
    gradient: gradient.dataSync(),
  };
}

Deno.test("backpropagatedResidual() is Jᵀr of a linear model, whose Jacobian is known", () => {
  const rows = [[0.5, 0.2, -1], [0.1, 0, 3], [-0.7, 0.4, 0.25]];
  // Images are rows, so that x·A has the Jacobian Aᵀ, and Jᵀr is A·r.
  const linear = (x: Tensor4D) =>
    tf.matMul(x.reshape([-1, 3]) as Tensor2D, tf.tensor2d(rows))
      .reshape([-1, 1, 3, 1]) as Tensor4D;
  const { residual, gradient } = at(
    linear,
    tf.tensor4d([1, -2, 0.5], [1, 1, 3, 1]),
  );
  const expected = rows.map((row) =>
    row.reduce((sum, a, i) => sum + a * residual[i], 0)
  );
  assertNear(backpropagatedResidual(residual, gradient), expected, 1e-5);
});

Deno.test("backpropagatedResidual() is Jᵀr of a model that is not linear, by finite differences, in colour", () => {
  const image = tf.randomUniform([1, 2, 2, 3], 0, 1, "float32", 7) as Tensor4D;
  const bend = (x: Tensor4D) =>
    tf.sigmoid(tf.mul(x, tf.reverse(x, 2))) as Tensor4D;
  const { residual, gradient } = at(bend, image);
  const step = 1e-2;
  const moved = (i: number, by: number) => {
    const values = image.dataSync().slice();
    values[i] += by;
    return bend(tf.tensor4d(values, image.shape)).dataSync();
  };
  const expected = Array.from(residual, (_, i) => {
    const [up, down] = [moved(i, step), moved(i, -step)];
    return Array.from(residual).reduce(
      (sum, r, j) => sum + r * (up[j] - down[j]) / (2 * step),
      0,
    );
  });
  assertNear(backpropagatedResidual(residual, gradient), expected, 1e-4);
});

Deno.test("residualRatio() is 0 of a projection, which takes each image to the nearest point", () => {
  // Onto the line through (3, 4), and onto the unit circle.
  const line = (x: Tensor4D) => {
    const along = tf.tensor4d([0.6, 0.8], [1, 1, 2, 1]);
    return tf.mul(tf.sum(tf.mul(x, along)), along) as Tensor4D;
  };
  const circle = (x: Tensor4D) => tf.div(x, tf.norm(x)) as Tensor4D;
  for (const nearest of [line, circle]) {
    const { residual, gradient } = at(
      nearest,
      tf.tensor4d([2, -1.5], [1, 1, 2, 1]).add(0.25) as Tensor4D,
    );
    assertAlmostEquals(residualRatio(residual, gradient), 0, 1e-5);
  }
});

Deno.test("residualRatio() is ‖Jᵀr‖/‖r‖", () => {
  // r = (3, 4) and Jᵀr = r − gradient = (0, 2).
  assertEquals(residualRatio([3, 4], [3, 2]), 2 / 5);
});

Deno.test("residualRatio() takes images of any size", () => {
  const residual = new Float32Array(300_000).fill(1);
  assertEquals(residualRatio(residual, new Float32Array(300_000)), 1);
});

Deno.test("residualRatio() refuses an exact reconstruction, other sizes and NaN", () => {
  const refused = [
    [[[0, 0], [0, 0]], "reconstructed exactly"],
    [[[1, 2], [1]], "2 and 1 pixels"],
    [[[1, NaN], [1, 2]], "NaN at pixel 1"],
  ] as const;
  for (const [[residual, gradient], message] of refused) {
    assertThrows(() => residualRatio(residual, gradient), RangeError, message);
  }
});

Deno.test("backpropagatedCosine() is that of r and Jᵀr, and 0 where nothing comes back", () => {
  // Jᵀr = r − gradient.
  assertEquals(backpropagatedCosine([3, 4], [3, 2]), 8 / (2 * 5));
  assertAlmostEquals(backpropagatedCosine([3, 4], [7, 1]), 0, 1e-15);
  assertEquals(backpropagatedCosine([3, 4], [3, 4]), 0);
});
