import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  divergence,
  variational,
} from "../../../lib/model/autoencoders/variational.ts";
import { initialise, type Layers } from "../../../lib/model/parameters.ts";
import { freeze } from "../../../lib/model/evaluation_mode.ts";
import { trainingLayers } from "../../../lib/model/training_mode.ts";
import type { StateDict } from "../../../lib/weights/state_dict.ts";
import {
  type Scalar,
  type Tensor2D,
  type Tensor4D,
  tf,
} from "../../../lib/tensor/tensorflow.ts";
import { lossAndGradient } from "../../../lib/training/step.ts";
import { initTraining } from "../../../lib/training/state.ts";

const VARIATIONAL = variational();

Deno.test("divergence() of N(μ, σ²) is that of the definition's integral", () => {
  const [mu, sigma] = [0.7, 0.4];
  const density = (x: number, m: number, s: number) =>
    Math.exp(-(((x - m) / s) ** 2) / 2) / (s * Math.sqrt(2 * Math.PI));
  let integral = 0;
  for (let x = mu - 8 * sigma; x < mu + 8 * sigma; x += 1e-3) {
    const p = density(x, mu, sigma);
    integral += p * Math.log(p / density(x, 0, 1)) * 1e-3;
  }
  const value = divergence(
    tf.tensor2d([[mu]]),
    tf.tensor2d([[Math.log(sigma ** 2)]]),
  );
  assertAlmostEquals(value.dataSync()[0], integral, 1e-4);
});

Deno.test("divergence() is a sum over the code and a mean over the batch", () => {
  // ½μ² each, of a variance of 1.
  const mean = tf.tensor2d([[0, 0, 0], [1, 1, 2]]);
  assertEquals(divergence(mean, tf.zeros([2, 3])).dataSync()[0], 1.5);
});

Deno.test("the variational loss is the error plus 2σ²/784 of the divergence", () => {
  const batch = tf.randomUniform(
    [4, 28, 28, 1],
    0,
    1,
    "float32",
    4,
  ) as Tensor4D;
  const state = initTraining(1, VARIATIONAL);
  let [error, added] = [0, 0];
  // Watches the layers at work.
  const watched = {
    ...VARIATIONAL,
    reconstruct: (x: Tensor4D, layers: Layers) => {
      let codes: [Tensor2D, Tensor2D];
      const y = VARIATIONAL.reconstruct(x, {
        ...layers,
        addLoss: (loss: () => Scalar) =>
          layers.addLoss(() => {
            const value = loss();
            added = value.dataSync()[0];
            return value;
          }),
        sample: (mean, logVariance) => {
          codes = [mean, logVariance];
          return layers.sample(mean, logVariance);
        },
      });
      error = tf.losses.meanSquaredError(x, y).dataSync()[0];
      const nats = divergence(...codes!).dataSync()[0];
      assertAlmostEquals(added, nats * 2 * 0.02 / 784, 1e-9);
      return y;
    },
  };
  const { loss } = lossAndGradient(state.parameters, batch, watched, 5);
  assertAlmostEquals(loss, error + added, 1e-7);
});

Deno.test("sample() in training draws with the deviation asked for, as its seed decides", () => {
  const layersOf = (noiseSeed: number) =>
    trainingLayers({}, { onStatistic() {}, onLoss() {}, noiseSeed });
  const mean = tf.fill([500, 8], 3) as Tensor2D;
  const logVariance = tf.fill([500, 8], Math.log(0.25)) as Tensor2D;
  const draw = (seed: number) => layersOf(seed).sample(mean, logVariance);
  const { mean: center, variance } = tf.moments(draw(1));
  assertAlmostEquals(center.dataSync()[0], 3, 0.03);
  assertAlmostEquals(variance.dataSync()[0], 0.25, 0.02);
  assertEquals(draw(1).dataSync(), draw(1).dataSync());
  assertEquals(draw(1).dataSync()[0] === draw(2).dataSync()[0], false);
});

Deno.test("in evaluation the variational code is the mean: the log variance does not count", () => {
  const weights = initialise(VARIATIONAL.arrays, 3);
  const x = tf.randomUniform([3, 28, 28, 1], 0, 1, "float32", 4) as Tensor4D;
  const images = (w: StateDict) => {
    const model = freeze(w);
    const values = model.reconstruct(x).dataSync();
    model.dispose();
    return values;
  };
  const before = images(weights);
  const zeroed = (name: string) => {
    const changed = new Map(weights);
    const { shape, data } = weights.get(name)!;
    changed.set(name, { shape, data: data.map(() => 0) });
    return images(changed);
  };
  assertEquals(zeroed("encoder.fc.log_variance.weight"), before);
  assertEquals(zeroed("encoder.fc.mean.weight")[5] === before[5], false);
});

Deno.test('the score "−evidence lower bound" is the pixels\' surprise and the divergence of each image', () => {
  const weights = initialise(VARIATIONAL.arrays, 3);
  const x = tf.randomUniform([3, 28, 28, 1], 0, 1, "float32", 4) as Tensor4D;
  const model = freeze(weights, { autoencoder: VARIATIONAL });
  const [bounds, divergences] = ["−evidence lower bound", "KL divergence"]
    .map((name) => model.scores[name](x).dataSync());
  const [inputs, outputs] = [x, model.reconstruct(x)]
    .map((images) => images.dataSync());
  for (const i of [0, 1, 2]) {
    // Pixels are Gaussian with variance 0.02: Σ (x − x̂)²/2σ².
    let expected = divergences[i];
    for (let p = i * 784; p < (i + 1) * 784; p++) {
      expected += (inputs[p] - outputs[p]) ** 2 / 0.04;
    }
    assertAlmostEquals(bounds[i], expected, expected * 1e-5);
  }
  model.dispose();
  x.dispose();
});

Deno.test('the score "KL divergence" is each image\'s own, of the code in evaluation', () => {
  const weights = initialise(VARIATIONAL.arrays, 3);
  const x = tf.randomUniform([3, 28, 28, 1], 0, 1, "float32", 4) as Tensor4D;
  const model = freeze(weights, { autoencoder: VARIATIONAL });
  const scores = model.scores["KL divergence"](x);
  const one = model.scores["KL divergence"](tf.slice(x, [1], [1]));
  assertAlmostEquals(one.dataSync()[0], scores.dataSync()[1], 1e-5);
  const codes: Tensor2D[] = [];
  // Watches the layers at work.
  const watched = freeze(weights, {
    autoencoder: {
      ...VARIATIONAL,
      reconstruct: (x: Tensor4D, layers: Layers) =>
        VARIATIONAL.reconstruct(x, {
          ...layers,
          sample(mean, logVariance) {
            codes.push(tf.keep(mean), tf.keep(logVariance));
            return layers.sample(mean, logVariance);
          },
        }),
    },
  });
  watched.reconstruct(x);
  const [mean, logVariance] = codes.map((code) => code.arraySync());
  mean.forEach((means, i) => {
    const nats = means.reduce((sum, m, j) => {
      const v = logVariance[i][j];
      return sum + (m ** 2 + Math.exp(v) - v - 1) / 2;
    }, 0);
    assertAlmostEquals(scores.dataSync()[i], nats, 1e-4);
  });
  model.dispose();
  watched.dispose();
});
