import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  densityLoss,
  errorFeatures,
  mixture,
} from "../../../lib/model/autoencoders/mixture.ts";
import {
  CONVOLUTIONAL,
  encode,
} from "../../../lib/model/autoencoders/convolutional.ts";
import { modelDrawing } from "../../../lib/figures/model_drawing.ts";
import { modelSummary } from "../../../lib/model/summary.ts";
import { initialise, type Layers } from "../../../lib/model/parameters.ts";
import { freeze } from "../../../lib/model/evaluation_mode.ts";
import { energyIn } from "../../../lib/tensor/gaussian_mixture.ts";
import type { StateDict } from "../../../lib/weights/state_dict.ts";
import {
  type Scalar,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tf,
} from "../../../lib/tensor/tensorflow.ts";
import { lossAndGradient, observe } from "../../../lib/training/step.ts";
import {
  initTraining,
  specsOf,
  trainingFrom,
} from "../../../lib/training/state.ts";
import { sizeOf } from "../../../lib/weights/state_dict.ts";
import { assertNear } from "../../assert.ts";

const MIXTURE = mixture();

const images = (shape: [number, number, number, number]) =>
  tf.randomUniform(shape, 0, 1, "float32", 4) as Tensor4D;
const batch = images([6, 28, 28, 1]);

/** Where an array begins among those of its kind. */
function offsetOf(kind: "parameter" | "buffer", name: string): number {
  const specs = specsOf(MIXTURE, kind);
  const index = specs.findIndex((spec) => spec.name === name);
  return specs.slice(0, index).reduce((s, { shape }) => s + sizeOf(shape), 0);
}

/** Weights with the mixture of a batch as their running one. */
function withMixtureOf(x: Tensor4D): StateDict {
  const weights = initialise(MIXTURE.arrays, 3);
  const { parameters } = trainingFrom({ weights }, MIXTURE);
  const observed = observe(parameters, x, MIXTURE).dataSync();
  for (const { name, shape } of specsOf(MIXTURE, "buffer")) {
    const from = offsetOf("buffer", name);
    const data = Float32Array.from(observed.slice(from, from + sizeOf(shape)));
    weights.set(name, { shape, data });
  }
  return weights;
}

Deno.test("errorFeatures() are |x − y| / |x| and the cosine, finite with their slopes for black images", () => {
  const [x, y] = [images([2, 4, 4, 3]), images([2, 4, 4, 3]).reverse(1)];
  const features = errorFeatures(x, y).dataSync();
  for (const n of [0, 1]) {
    const [a, b] = [x, y].map((t) => [...t.slice([n], [1]).dataSync()]);
    const dot = (u: number[], v: number[]) =>
      u.reduce((sum, value, i) => sum + value * v[i], 0);
    const apart = a.map((value, i) => value - b[i]);
    const distance = Math.sqrt(dot(apart, apart) / dot(a, a));
    const cosine = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
    assertNear(features.slice(2 * n, 2 * n + 2), [distance, cosine], 1e-5);
  }
  const black = tf.zeros([1, 4, 4, 1]) as Tensor4D;
  const slopes = tf.grad((z) => tf.sum(errorFeatures(z as Tensor4D, black)))(
    black,
  );
  assert(slopes.dataSync().every(Number.isFinite));
});

Deno.test("densityLoss() is 0.1 of the mean energy and 0.005 of the inverse variances", () => {
  const points = tf.tensor2d([[1, 2], [3, 0]]);
  const mixture = {
    weights: tf.tensor1d([0.5, 0.5]),
    means: tf.tensor2d([[1, 1], [2, 0]]),
    covariances: tf.tensor3d([[[2, 1], [1, 4]], [[0.5, 0], [0, 0.1]]]),
  };
  const energy = tf.mean(energyIn(mixture, points)).dataSync()[0];
  assertAlmostEquals(
    densityLoss(points, mixture).dataSync()[0],
    0.1 * energy + 0.005 * (1 / 2 + 1 / 4 + 2 + 10),
    1e-6,
  );
});

Deno.test("the mixture's loss is the error plus 1/784 of the density's for the batch's own mixture", () => {
  const { parameters } = initTraining(1, MIXTURE);
  const seen: Record<string, number[]> = {};
  let [error, added] = [0, 0];
  const watched = {
    ...MIXTURE,
    reconstruct: (x: Tensor4D, layers: Layers) => {
      const y = MIXTURE.reconstruct(x, {
        ...layers,
        statistic(name, ofBatch) {
          const value = layers.statistic(name, ofBatch);
          seen[name] = [...value.dataSync()];
          return value;
        },
        addLoss: (loss: () => Scalar) =>
          layers.addLoss(() => {
            const value = loss();
            added = value.dataSync()[0];
            return value;
          }),
      });
      error = tf.losses.meanSquaredError(x, y).dataSync()[0];
      const points = tf.concat([
        layers.linear(encode(x, layers), { linear: "density.projection" }),
        errorFeatures(x, y),
      ], 1) as Tensor2D;
      const covariances = tf.add(
        tf.tensor3d(seen["density.running_covariances"], [4, 4, 4]),
        tf.mul(tf.eye(4), 1e-3),
      ) as Tensor3D;
      const mixture = {
        weights: tf.tensor1d(seen["density.running_weights"]),
        means: tf.tensor2d(seen["density.running_means"], [4, 4]),
        covariances,
      };
      const expected = densityLoss(points, mixture).dataSync()[0] / 784;
      assertAlmostEquals(added, expected, 1e-5);
      return y;
    },
  };
  const { loss } = lossAndGradient(parameters, batch, watched);
  assertAlmostEquals(loss, error + added, 1e-6);
  const total = seen["density.running_weights"].reduce((a, b) => a + b);
  assertAlmostEquals(total, 1, 1e-6);
});

for (
  // Smaller steps where the decoder curves the loss.
  const [name, size] of [
    ["encoder.fc.3.weight", 0.001],
    ["density.projection.weight", 0.02],
    ["density.membership.0.weight", 0.02],
    ["density.membership.2.bias", 0.02],
  ] as const
) {
  Deno.test(`the mixture's loss has its finite difference for a gradient by ${name}`, () => {
    const { parameters } = initTraining(1, MIXTURE);
    const from = offsetOf("parameter", name);
    const { shape } = MIXTURE.arrays.find((spec) => spec.name === name)!;
    const { gradient } = lossAndGradient(parameters, batch, MIXTURE);
    // Along the gradient of one array, where the difference is largest.
    const part = gradient.dataSync().slice(from, from + sizeOf(shape));
    const norm = Math.hypot(...part);
    assert(norm > 0);
    const loss = (step: number) => {
      const values = Float32Array.from(parameters.dataSync());
      part.forEach((slope, i) => values[from + i] += step * slope / norm);
      return lossAndGradient(tf.tensor1d(values), batch, MIXTURE).loss;
    };
    assertAlmostEquals((loss(size) - loss(-size)) / (2 * size) / norm, 1, 0.02);
  });
}

Deno.test("the score is the energy of an image in the running mixture, whatever the batch", () => {
  const model = freeze(withMixtureOf(batch), { autoencoder: MIXTURE });
  const energies = model.scores.energy(batch);
  assertEquals(energies.shape, [6]);
  const part = model.scores.energy(batch.slice([2], [1])).dataSync();
  assertNear(part, energies.slice([2], [1]).dataSync(), 1e-3);
  // Far from what the mixture has seen.
  const black = tf.zeros([1, 28, 28, 1]) as Tensor4D;
  const [far] = model.scores.energy(black).dataSync();
  assert(far > Math.max(...energies.dataSync()));
  assert(Number.isFinite(far));
  model.dispose();
});

Deno.test("the running mixture alone decides the energy: other memberships do not change it", () => {
  const weights = withMixtureOf(batch);
  const energies = () => {
    const model = freeze(weights, { autoencoder: MIXTURE });
    const values = model.scores.energy(batch).dataSync();
    model.dispose();
    return values;
  };
  const before = energies();
  const change = (name: string, to: (value: number) => number) => {
    const { shape, data } = weights.get(name)!;
    weights.set(name, { shape, data: data.map(to) });
  };
  change("density.membership.2.weight", (value) => -3 * value);
  assertEquals(energies(), before);
  change("density.running_means", (value) => value + 0.5);
  assert(energies().every((value, n) => value > before[n] + 1));
});

Deno.test("the energy has its finite difference for a gradient by the image", () => {
  const model = freeze(withMixtureOf(batch), { autoencoder: MIXTURE });
  const x = batch.slice([1], [1]) as Tensor4D;
  const energy = (z: Tensor4D) => tf.sum(model.scores.energy(z));
  const gradient = tf.grad((z) => energy(z as Tensor4D))(x);
  const norm = tf.norm(gradient).dataSync()[0];
  const at = (step: number) =>
    energy(tf.add(x, tf.mul(gradient, step / norm)) as Tensor4D).dataSync()[0];
  const size = 0.002;
  assertAlmostEquals((at(size) - at(-size)) / (2 * size) / norm, 1, 0.02);
  model.dispose();
});

Deno.test("the mixture takes colour images of another shape", () => {
  const other = mixture({ height: 8, width: 12, channels: 3 });
  const { parameters } = initTraining(1, other);
  const x = images([4, 8, 12, 3]);
  const { loss, gradient } = lossAndGradient(parameters, x, other);
  assert(Number.isFinite(loss));
  assert(gradient.dataSync().every(Number.isFinite));
});

Deno.test("the layers of the mixture are in its summary, and not in the drawing of the image's way", () => {
  const dense = modelSummary(MIXTURE).filter(({ block }) => !block);
  assertEquals(dense.map(({ name, output }) => [name, output]), [
    ["density.projection", [2]],
    ["density.membership.0", [10]],
    ["density.membership.2", [4]],
  ]);
  assertEquals(modelDrawing(MIXTURE), modelDrawing(CONVOLUTIONAL));
});
