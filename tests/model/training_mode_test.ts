import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { assertNear } from "../assert.ts";
import {
  arraySpec,
  type Autoencoder,
  initialise,
  type Layers,
} from "../../lib/model/parameters.ts";
import { freeze } from "../../lib/model/evaluation_mode.ts";
import { mixture } from "../../lib/model/autoencoders/mixture.ts";
import { trainingLayers } from "../../lib/model/training_mode.ts";
import {
  readTrackedWeights,
  writeWeights,
} from "../../lib/model/read_weights.ts";
import {
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tf,
} from "../../lib/tensor/tensorflow.ts";
import {
  disposeTraining,
  initTraining,
  trainedWeights,
} from "../../lib/training/state.ts";
import {
  lossAndGradient,
  observe,
  trainingStep,
} from "../../lib/training/step.ts";

const MIXTURE = mixture();

/**
 * The smallest model with an array and statistics of its own: images times
 * `decoder.gain`, less their running means, one of each row.
 */
const SCALED: Autoencoder = {
  shape: { height: 2, width: 3, channels: 1 },
  arrays: [
    arraySpec("decoder.gain", [1], { initial: { constant: 2 } }),
    arraySpec("decoder.total", [], {
      kind: "buffer",
      initial: { constant: 40 },
    }),
    arraySpec("decoder.rows", [2, 1, 1], {
      kind: "buffer",
      initial: { constant: 5 },
    }),
  ],
  reconstruct(x, layers) {
    const rows = layers.statistic<Tensor>(
      "decoder.rows",
      () => tf.mean(x, [0, 2], true).reshape([2, 1, 1]),
    );
    layers.statistic("decoder.total", () => tf.sum(x));
    const gain = layers.array<Tensor1D>("decoder.gain");
    return tf.sub(tf.mul(x, gain), rows) as Tensor4D;
  },
};

const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 3, 4, 5, 6, 7, 9], [2, 2, 3, 1]);
// By hand: of each row, over both images.
const [ROWS, TOTAL] = [[3, 37 / 6], 55];

Deno.test("statistic() in training is the batch's value, and observe() reports it in the arrays' order", () => {
  const { parameters } = initTraining(0, SCALED);
  assertNear(
    observe(parameters, x, SCALED).dataSync(),
    [TOTAL, ...ROWS],
    1e-5,
  );
  const reported: Record<string, Tensor> = {};
  const layers = trainingLayers({ "decoder.gain": tf.tensor1d([2]) }, {
    onStatistic: (name, value) => reported[name] = value,
    onLoss() {},
    noiseSeed: 0,
  });
  const y = SCALED.reconstruct(x, layers);
  const expected = tf.sub(tf.mul(x, 2), tf.tensor3d(ROWS, [2, 1, 1]));
  assertNear(y.dataSync(), expected.dataSync(), 1e-5);
  assertEquals(Object.keys(reported), ["decoder.rows", "decoder.total"]);
});

Deno.test("trainingStep() moves a statistic's running mean by a tenth of the way, and trains an array", () => {
  const { state } = trainingStep(initTraining(0, SCALED), x, 0.01);
  const weights = trainedWeights(state);
  const data = (name: string) => weights.get(name)!.data;
  assertNear(data("decoder.total"), [0.9 * 40 + 0.1 * TOTAL], 1e-5);
  const moved = ROWS.map((row) => 0.9 * 5 + 0.1 * row);
  assertNear(data("decoder.rows"), moved, 1e-6);
  // Adam's first step is as long as the learning rate.
  assertAlmostEquals(Math.abs(data("decoder.gain")[0] - 2), 0.01, 1e-5);
  const again = trainedWeights(trainingStep(state, x, 0.01).state);
  const total = 0.81 * 40 + 0.19 * TOTAL;
  assertNear(again.get("decoder.total")!.data, [total], 1e-4);
});

Deno.test("statistic() in evaluation is the stored mean, whatever the images", () => {
  const weights = initialise(SCALED.arrays, 0);
  weights.set("decoder.rows", {
    ...{ shape: [2, 1, 1], data: Float32Array.of(1, -1) },
  });
  const model = freeze(weights, { autoencoder: SCALED });
  const expected = tf.sub(tf.mul(x, 2), tf.tensor3d([1, -1], [2, 1, 1]));
  assertEquals(model.reconstruct(x).dataSync(), expected.dataSync());
  const one = x.slice([0], [1]) as Tensor4D;
  assertEquals(
    model.reconstruct(one).dataSync(),
    expected.slice([0], [1]).dataSync(),
  );
  model.dispose();
});

Deno.test("running statistics are the same after a file, and so are the scores by them", () => {
  const batch = tf.randomUniform([4, 28, 28, 1], 0, 1, "float32", 4);
  const { state } = trainingStep(
    initTraining(1, MIXTURE),
    batch as Tensor4D,
    1e-3,
  );
  const weights = trainedWeights(state);
  const { batchesTracked } = state;
  disposeTraining(state);
  const read = readTrackedWeights(
    writeWeights({ weights, batchesTracked }, {}),
  );
  assertEquals(read.batchesTracked, 1);
  assertEquals(
    read.weights.get("density.running_covariances"),
    weights.get("density.running_covariances"),
  );
  const scores = [weights, read.weights].map((of) => {
    const model = freeze(of);
    const values = model.scores.energy(batch as Tensor4D).dataSync();
    model.dispose();
    return values;
  });
  assertEquals(scores[0], scores[1]);
});

/** A model that writes down what it is given. */
function recording() {
  const calls: string[] = [];
  const inputs: number[] = [];
  const autoencoder: Autoencoder = {
    ...SCALED,
    corrupt(images, seed) {
      calls.push(`corrupt ${seed}`);
      return tf.add(images, 100);
    },
    reconstruct(images, layers: Layers) {
      calls.push("reconstruct");
      inputs.push(images.dataSync()[0]);
      return SCALED.reconstruct(images, layers);
    },
    loss(images, reconstruction, layers) {
      calls.push("loss");
      inputs.push(images.dataSync()[0]);
      const gain = layers.array<Tensor1D>("decoder.gain");
      const apart = tf.sub(reconstruction, images);
      return tf.add(tf.mean(tf.abs(apart)), tf.sum(gain)) as Scalar;
    },
  };
  return { autoencoder, calls, inputs };
}

Deno.test("training corrupts the images and has the model's own loss against the clean ones", () => {
  const { autoencoder, calls, inputs } = recording();
  const { parameters } = initTraining(0, autoencoder);
  const { loss, gradient } = lossAndGradient(parameters, x, autoencoder, 7);
  assertEquals(calls, ["corrupt 7", "reconstruct", "loss"]);
  assertEquals(inputs, [101, 1]);
  // 2(x + 100) − (rows + 100) − x is positive: its mean is that of x + 100 −
  // rows, which is 100, and 2 is the gain.
  assertAlmostEquals(loss, 102, 1e-4);
  // The mean of x + 100, and 1 of the gain itself.
  assertAlmostEquals(gradient.dataSync()[0], 100 + TOTAL / 12 + 1, 1e-4);
});

Deno.test("evaluation neither corrupts the images nor asks for a loss", () => {
  const { autoencoder, calls, inputs } = recording();
  const weights = initialise(autoencoder.arrays, 0);
  const model = freeze(weights, {
    autoencoder: {
      ...autoencoder,
      reconstruct(images, layers) {
        layers.addLoss(() => {
          calls.push("added loss");
          return tf.scalar(1);
        });
        return autoencoder.reconstruct(images, layers);
      },
    },
  });
  const y = model.reconstruct(x);
  assertEquals(calls, ["reconstruct"]);
  assertEquals(inputs, [1]);
  assert(y.dataSync().every((value, i) => value === 2 * x.dataSync()[i] - 5));
  model.dispose();
});
