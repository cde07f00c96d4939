import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  autoregressive,
  estimate,
  negativeLogLikelihood,
} from "../../../lib/model/autoencoders/autoregressive.ts";
import { encode } from "../../../lib/model/autoencoders/convolutional.ts";
import { freeze } from "../../../lib/model/evaluation_mode.ts";
import { initialise, type Layers } from "../../../lib/model/parameters.ts";
import { fromTorch } from "../../../lib/model/torch_axes.ts";
import { trainingLayers } from "../../../lib/model/training_mode.ts";
import {
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tf,
} from "../../../lib/tensor/tensorflow.ts";
import { lossAndGradient } from "../../../lib/training/step.ts";
import { initTraining, specsOf } from "../../../lib/training/state.ts";
import { sizeOf } from "../../../lib/weights/state_dict.ts";
import { assertNear } from "../../assert.ts";

const AUTOREGRESSIVE = autoregressive();

const weights = initialise(AUTOREGRESSIVE.arrays, 3);
const tensors = Object.fromEntries(
  specsOf(AUTOREGRESSIVE, "parameter").map((spec) => [
    spec.name,
    fromTorch(spec, weights.get(spec.name)!.data),
  ]),
);
const quiet = { onStatistic() {}, onLoss() {}, noiseSeed: 0 };
const layers = trainingLayers(tensors, quiet);
const images = (shape: [number, number, number, number]) =>
  tf.randomUniform(shape, 0, 1, "float32", 4) as Tensor4D;

/** Codes in the middle of bins, that small steps do not leave. */
const middles = (n: number) => {
  const bins = tf.floor(tf.randomUniform([n, 64], 0, 100, "float32", 5));
  return tf.div(tf.add(bins, 0.5), 100) as Tensor2D;
};

Deno.test("estimate() of a number depends on all numbers before it, and on no other", () => {
  const code = middles(1);
  // Row i has number i moved.
  const moved = tf.add(tf.tile(code, [64, 1]), tf.eye(64)) as Tensor2D;
  const before = estimate(code, layers).arraySync() as number[][][];
  const after = estimate(moved, layers).arraySync() as number[][][];
  const far = (a: number[], b: number[]) =>
    Math.max(...a.map((value, k) => Math.abs(value - b[k]))) > 1e-6;
  after.forEach((positions, i) => {
    const changed = positions.map((logits, at) => far(logits, before[0][at]));
    assertEquals(changed, positions.map((_, at) => at > i));
  });
});

Deno.test("estimate() gives what plain loops over PyTorch's arrays give", () => {
  const codes = [0, 1].map((n) =>
    Array.from({ length: 64 }, (_, i) => [0, 0.5, 1, 0.37][(i + n) % 4])
  );
  const expected = codes.map((code) => {
    let values = code;
    for (
      const [inputs, outputs, layer] of [[1, 8, 0], [8, 8, 2], [8, 100, 4]]
    ) {
      const get = (part: string) =>
        weights.get(`estimator.layers.${layer}.${part}`)!.data;
      const [weight, bias] = [get("weight"), get("bias")];
      const from = layer === 0
        ? values
        : values.map((value) => value > 0 ? value : 0.01 * value);
      values = Array.from(bias, (sum, o) => {
        const position = Math.floor(o / outputs);
        // Numbers before it; after the first layer, those at it as well.
        const until = (position + (layer === 0 ? 0 : 1)) * inputs;
        for (let i = 0; i < until; i++) {
          sum += weight[o * from.length + i] * from[i];
        }
        return sum;
      });
    }
    return values;
  });
  const logits = estimate(tf.tensor2d(codes), layers);
  assertEquals(logits.shape, [2, 64, 100]);
  assertNear(logits.dataSync(), expected.flat(), 1e-5);
});

Deno.test("negativeLogLikelihood() is the sum of −log softmax at the codes' bins", () => {
  const code = [[0, 0.49, 1], [0.26, 0.74, 0.999]];
  const logits = code.map((row, n) =>
    row.map((_, c) => [0, 1, 2, 3].map((b) => Math.sin(7 * n + 3 * c + b)))
  );
  // Of quarters; 1 itself is in the last.
  const bins = [[0, 1, 3], [1, 2, 3]];
  const expected = bins.map((row, n) =>
    row.reduce((nats, bin, c) => {
      const exps = logits[n][c].map(Math.exp);
      const total = exps.reduce((a, b) => a + b);
      return nats - Math.log(exps[bin] / total);
    }, 0)
  );
  const nats = negativeLogLikelihood(tf.tensor2d(code), tf.tensor3d(logits));
  assertNear(nats.dataSync(), expected, 1e-5);
});

Deno.test("the code's gradient is that of the estimator's inputs, with constant bins", () => {
  const code = middles(1);
  const nats = (z: Tensor2D) =>
    tf.sum(negativeLogLikelihood(z, estimate(z, layers)));
  const gradient = tf.grad(nats as (x: Tensor) => Tensor)(code) as Tensor2D;
  const norm = tf.norm(gradient).dataSync()[0];
  assert(norm > 0);
  // The largest entry of the step stays in its bin.
  const size = 0.004;
  const [up, down] = [size, -size].map((step) =>
    nats(tf.add(code, tf.mul(gradient, step / norm))).dataSync()[0]
  );
  assertAlmostEquals((up - down) / (2 * size) / norm, 1, 2e-2);
  // The last number is only predicted, and predicts none.
  assertEquals(gradient.dataSync()[63], 0);
});

Deno.test("the autoregressive loss is r̄ plus the code's nats by 784, whose gradient reaches encoder and estimator", () => {
  const batch = images([4, 28, 28, 1]);
  const { parameters } = initTraining(1, AUTOREGRESSIVE);
  let expected = 0;
  const watched = {
    ...AUTOREGRESSIVE,
    reconstruct: (x: Tensor4D, layers: Layers) => {
      const y = AUTOREGRESSIVE.reconstruct(x, layers);
      const code = encode(x, layers);
      const nats = negativeLogLikelihood(code, estimate(code, layers));
      const error = tf.losses.meanSquaredError(x, y).dataSync()[0];
      expected = error +
        nats.dataSync<"float32">().reduce((a, b) => a + b) / 4 / 784;
      return y;
    },
  };
  const { loss } = lossAndGradient(parameters, batch, watched);
  assertAlmostEquals(loss, expected, 1e-6);

  const { gradient } = lossAndGradient(parameters, batch, AUTOREGRESSIVE);
  const { gradient: withTwice } = lossAndGradient(parameters, batch, {
    ...AUTOREGRESSIVE,
    reconstruct: (x, layers) =>
      AUTOREGRESSIVE.reconstruct(x, {
        ...layers,
        addLoss: (loss) => layers.addLoss(() => tf.mul(loss(), 2)),
      }),
  });
  const ofNats = tf.sub(withTwice, gradient).dataSync<"float32">();
  let start = 0;
  const largest = specsOf(AUTOREGRESSIVE, "parameter").map(
    ({ name, shape }) => {
      const part = ofNats.subarray(start, start += sizeOf(shape));
      return [name, part.reduce((m, g) => Math.max(m, Math.abs(g)), 0)];
    },
  );
  for (const [name, value] of largest as [string, number][]) {
    const reached = !name.startsWith("decoder");
    assertEquals(value > 1e-9, reached, `${name}: ${value}`);
  }
});

Deno.test("the gradient by a bias of the estimator is its finite difference", () => {
  const batch = images([4, 28, 28, 1]);
  const { parameters } = initTraining(1, AUTOREGRESSIVE);
  const { gradient } = lossAndGradient(parameters, batch, AUTOREGRESSIVE);
  // The last array: the biases of the bins.
  const values = gradient.dataSync<"float32">().subarray(-6400);
  const at = values.reduce(
    (best, g, i) => Math.abs(g) > Math.abs(values[best]) ? i : best,
    0,
  );
  const size = 0.5;
  const [up, down] = [size, -size].map((step) => {
    const moved = parameters.dataSync().slice();
    moved[moved.length - 6400 + at] += step;
    return lossAndGradient(tf.tensor1d(moved), batch, AUTOREGRESSIVE).loss;
  });
  assertAlmostEquals((up - down) / (2 * size) / values[at], 1, 2e-2);
});

Deno.test("both scores of LSA follow from the codes, and are differentiable by the image", () => {
  const shape = { height: 8, width: 12, channels: 3 };
  const autoencoder = autoregressive(shape);
  const weights = initialise(autoencoder.arrays, 6);
  const x = images([3, 8, 12, 3]);
  const model = freeze(weights, { autoencoder });
  const [density, novelty] = [
    model.scores["−log density"],
    model.scores["novelty score of LSA"],
  ];
  const nats = density(x).dataSync();
  // Untrained bins are about equally likely.
  nats.forEach((value) => assertAlmostEquals(value, 64 * Math.log(100), 5));
  const error = tf.sum(
    tf.squaredDifference(x, model.reconstruct(x)),
    [1, 2, 3],
  ).dataSync();
  assertNear(novelty(x).dataSync(), nats.map((n, i) => n + error[i]), 1e-3);
  for (const score of [density, novelty]) {
    const gradient = tf.grad((x) => tf.sum(score(x as Tensor4D)))(x);
    const norm = tf.norm(gradient).dataSync()[0];
    assert(norm > 0 && Number.isFinite(norm));
  }
  model.dispose();
});

Deno.test("the estimator's layers have the authors' names; two of 8 channels at 64 positions, then 100 bins", () => {
  const layers = AUTOREGRESSIVE.arrays.filter(({ name }) =>
    name.startsWith("estimator") && name.endsWith("weight")
  );
  assertEquals(layers.map(({ name, shape }) => [name, ...shape]), [
    ["estimator.layers.0.weight", 64 * 8, 64],
    ["estimator.layers.2.weight", 64 * 8, 64 * 8],
    ["estimator.layers.4.weight", 64 * 100, 64 * 8],
  ]);
});
