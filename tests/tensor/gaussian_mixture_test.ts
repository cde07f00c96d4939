import { assertAlmostEquals, assertEquals } from "@std/assert";
import { assertNear } from "../assert.ts";
import { energyIn, mixtureOf } from "../../lib/tensor/gaussian_mixture.ts";
import { randomStream, uniform } from "../../lib/support/random.ts";
import {
  type Scalar,
  type Tensor2D,
  type Tensor3D,
  tf,
} from "../../lib/tensor/tensorflow.ts";

const [N, D, K] = [7, 4, 3];
const random = randomStream(11, "order");
const table = (rows: number, columns: number, from: number, to: number) =>
  Array.from(
    { length: rows },
    () => Array.from({ length: columns }, () => uniform(random, from, to)),
  );
const points = table(N, D, -1, 1);
const memberships = table(N, K, 0.1, 1).map((row) => {
  const total = row.reduce((a, b) => a + b);
  return row.map((value) => value / total);
});

const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
const indices = (length: number) => Array.from({ length }, (_, i) => i);

/** The definitions of section 3.3, number by number. */
const expected = indices(K).map((k) => {
  const total = sum(memberships.map((row) => row[k]));
  const mean = indices(D).map((d) =>
    sum(points.map((point, n) => memberships[n][k] * point[d])) / total
  );
  const covariance = indices(D).map((a) =>
    indices(D).map((b) =>
      sum(
        points.map((point, n) =>
          memberships[n][k] * (point[a] - mean[a]) * (point[b] - mean[b])
        ),
      ) / total
    )
  );
  return { weight: total / N, mean, covariance };
});

/** Σ⁻¹·v and |Σ| by Gaussian elimination with row exchange. */
function eliminate(matrix: number[][], right: number[]) {
  const rows = matrix.map((row, i) => [...row, right[i]]);
  let determinant = 1;
  for (const i of indices(rows.length)) {
    const pivot = indices(rows.length).slice(i)
      .reduce((a, b) => Math.abs(rows[b][i]) > Math.abs(rows[a][i]) ? b : a);
    if (pivot !== i) determinant *= -1;
    [rows[i], rows[pivot]] = [rows[pivot], rows[i]];
    determinant *= rows[i][i];
    for (const other of indices(rows.length).filter((r) => r !== i)) {
      const factor = rows[other][i] / rows[i][i];
      rows[other] = rows[other].map((v, c) => v - factor * rows[i][c]);
    }
  }
  return { solution: rows.map((row, i) => row.at(-1)! / row[i]), determinant };
}

/** Equation 6. */
function energyOf(point: number[]): number {
  return -Math.log(sum(expected.map(({ weight, mean, covariance }) => {
    const offset = point.map((value, d) => value - mean[d]);
    const { solution, determinant } = eliminate(covariance, offset);
    const distance = sum(offset.map((value, d) => value * solution[d]));
    const scale = Math.sqrt((2 * Math.PI) ** D * determinant);
    return weight * Math.exp(-distance / 2) / scale;
  })));
}

Deno.test("mixtureOf() has the weights, means and covariances of the definition", () => {
  const { weights, means, covariances } = mixtureOf(
    tf.tensor2d(points),
    tf.tensor2d(memberships),
  );
  const all = <T>(part: (of: typeof expected[0]) => T) => expected.map(part);
  assertNear(weights.dataSync(), all(({ weight }) => weight), 1e-6);
  assertNear(means.dataSync(), all(({ mean }) => mean).flat(), 1e-6);
  assertEquals(covariances.shape, [K, D, D]);
  const numbers = all(({ covariance }) => covariance).flat(2);
  assertNear(covariances.dataSync(), numbers, 1e-6);
});

Deno.test("energyIn() is −log Σ φ N(z; μ, Σ), with inverse and determinant by elimination", () => {
  const mixture = {
    weights: tf.tensor1d(expected.map(({ weight }) => weight)),
    means: tf.tensor2d(expected.map(({ mean }) => mean)),
    covariances: tf.tensor3d(expected.map(({ covariance }) => covariance)),
  };
  const elsewhere = [...points, [0.3, -0.2, 0.1, 2]];
  const energies = energyIn(mixture, tf.tensor2d(elsewhere)).dataSync();
  elsewhere.forEach((point, n) => {
    const value = energyOf(point);
    assertAlmostEquals(energies[n], value, 2e-4 * Math.max(1, Math.abs(value)));
  });
});

Deno.test("energyIn() stays finite where every density is 0 in 32 bits", () => {
  const mixture = {
    weights: tf.tensor1d([0.25, 0.75]),
    means: tf.zeros([2, 1]) as Tensor2D,
    covariances: tf.ones([2, 1, 1]) as Tensor3D,
  };
  const [value] = energyIn(mixture, tf.tensor2d([[100]])).dataSync();
  assertAlmostEquals(value, 5000 + Math.log(2 * Math.PI) / 2, 1e-2);
});

Deno.test("the energy's gradient by points and memberships, through the mixture, is its finite difference", () => {
  const mean = (z: Tensor2D, gamma: Tensor2D) => {
    const { covariances, ...rest } = mixtureOf(z, gamma);
    const wider = tf.add(covariances, tf.mul(tf.eye(D), 0.05)) as Tensor3D;
    return tf.mean(energyIn({ ...rest, covariances: wider }, z)) as Scalar;
  };
  const inputs = [tf.tensor2d(points), tf.tensor2d(memberships)];
  const gradients = tf.grads((z, gamma) =>
    mean(z as Tensor2D, gamma as Tensor2D)
  )(inputs);
  inputs.forEach((input, which) => {
    for (const at of [0, 5, 11]) {
      const moved = (by: number) => {
        const values = Float32Array.from(input.dataSync());
        values[at] += by;
        const changed = [...inputs];
        changed[which] = tf.tensor2d(values, input.shape);
        return mean(changed[0], changed[1]).dataSync()[0];
      };
      const slope = (moved(0.01) - moved(-0.01)) / 0.02;
      assertAlmostEquals(gradients[which].dataSync()[at], slope, 2e-3);
    }
  });
});
