import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { initialWeights } from "../../lib/model/autoencoders/convolutional.ts";
import { AUTOENCODERS, MODEL_NAMES } from "../../lib/model/autoencoders/mod.ts";
import {
  type Autoencoder,
  linearSpecs,
  normSpecs,
} from "../../lib/model/parameters.ts";
import { type Images, toBatch } from "../../lib/data/images.ts";
import { errorMap } from "../../lib/maps/maps.ts";
import { freeze } from "../../lib/model/evaluation_mode.ts";
import { randomStream, uniform } from "../../lib/support/random.ts";
import {
  type Tensor2D,
  type Tensor4D,
  tf,
} from "../../lib/tensor/tensorflow.ts";
import {
  disposeTraining,
  initTraining,
  trainedWeights,
  trainingFrom,
} from "../../lib/training/state.ts";
import {
  NonFiniteLossError,
  trackingPass,
  trainingStep,
} from "../../lib/training/step.ts";
import { train, validationPasses } from "../../lib/training/loop.ts";
import type { Passes } from "../../lib/training/settings.ts";
import type { StateDict } from "../../lib/weights/state_dict.ts";
import { sameBits } from "../assert.ts";

Deno.test("trainingFrom() and trainedWeights() change no bit of the weights", () => {
  const weights = initialWeights(1);
  const state = trainingFrom({ weights });
  assertEquals(trainedWeights(state), weights);
  disposeTraining(state);
});

Deno.test("observe() gives means and unbiased variances that PyTorch's rule mixes in", () => {
  // One dense layer with batch norm: W = [1, 1], so it sees the sum of both pixels.
  const autoencoder: Autoencoder = {
    shape: { height: 1, width: 2, channels: 1 },
    arrays: [
      ...linearSpecs("encoder.fc.0", 2, 1, { norm: "encoder.fc.1" }),
      ...normSpecs("encoder.fc.1", 1),
    ],
    reconstruct(x, layers) {
      const names = { linear: "encoder.fc.0", norm: "encoder.fc.1" };
      const y = layers.linear(tf.reshape(x, [-1, 2]) as Tensor2D, names);
      return tf.concat([y, y], 1).reshape(x.shape) as Tensor4D;
    },
  };
  const array = (...values: number[]) => ({
    shape: [values.length],
    data: Float32Array.from(values),
  });
  const weights = new Map(Object.entries({
    "encoder.fc.0.weight": { shape: [1, 2], data: Float32Array.of(1, 1) },
    "encoder.fc.0.bias": array(0),
    "encoder.fc.1.weight": array(1),
    "encoder.fc.1.bias": array(0),
    "encoder.fc.1.running_mean": array(10),
    "encoder.fc.1.running_var": array(20),
  }));
  let state = trainingFrom({ weights, batchesTracked: 5 }, autoencoder);
  // Sums 2 and 4 (mean 3, unbiased variance 2), then 0, 3, 6 (3 and 9).
  for (const sums of [[2, 4], [0, 3, 6]]) {
    const pixels = sums.flatMap((sum) => [sum, 0]);
    const batch = tf.tensor4d(pixels, [sums.length, 1, 2, 1]);
    state = trackingPass(state, batch, 0);
  }
  const after = trainedWeights(state);
  assertEquals(state.batchesTracked, 7);
  assertAlmostEquals(
    after.get("encoder.fc.1.running_mean")!.data[0],
    0.9 * (0.9 * 10 + 0.1 * 3) + 0.1 * 3,
    1e-5,
  );
  assertAlmostEquals(
    after.get("encoder.fc.1.running_var")!.data[0],
    0.9 * (0.9 * 20 + 0.1 * 2) + 0.1 * 9,
    1e-5,
  );
  assertEquals(
    after.get("encoder.fc.0.weight"),
    weights.get("encoder.fc.0.weight"),
  );
  disposeTraining(state);
});

for (const model of MODEL_NAMES) {
  Deno.test(`${model}: validation passes move the running statistics and no bit of what is trained`, async () => {
    const images = someImages(60);
    const training = indices(33);
    const split = { training, validation: indices(60).slice(33) };
    const run = async (passes: Passes) => {
      const start = initTraining(2, AUTOENCODERS[model]());
      let result!: { weights: StateDict; batchesTracked: number };
      const settings = { ...SETTINGS, passes };
      for await (const event of train(start, images, split, settings)) {
        if (event.kind === "step") continue;
        const { batchesTracked } = event.state;
        result = { weights: trainedWeights(event.state), batchesTracked };
      }
      return result;
    };
    // 27 images: a batch of 16 and one of 11.
    const [plain, passed] = [await run("none"), await run("validation")];
    assertEquals([plain.batchesTracked, passed.batchesTracked], [4, 8]);
    for (const [name, { data }] of plain.weights) {
      const same = sameBits(data, passed.weights.get(name)!.data);
      assertEquals(same, !name.includes(".running_"), name);
    }
  });
}

Deno.test("train() takes the validation images in another order each epoch", () => {
  const images = someImages(60);
  const orders = [1, 2].map((epoch) => {
    const state = initTraining(2);
    const passes = validationPasses(state, images, indices(60), {
      ...{ seed: 2, epoch, batchSize: 16 },
    });
    let after = state;
    for (after of passes);
    const weights = trainedWeights(after);
    disposeTraining(after);
    return weights.get("encoder.fc.1.running_mean")!.data;
  });
  assertNotEquals(orders[0], orders[1]);
});

/** Random images, each of a grey of its own. */
function someImages(count: number): Images {
  const random = randomStream(9, "order");
  const pixels = new Uint8Array(count * 784);
  for (let i = 0; i < count; i++) {
    const grey = uniform(random, 50, 200);
    for (let j = 0; j < 784; j++) {
      pixels[784 * i + j] = grey + uniform(random, -50, 50);
    }
  }
  return { height: 28, width: 28, channels: 1, pixels };
}

const indices = (count: number) => Array.from({ length: count }, (_, i) => i);

const SETTINGS = { seed: 2, epochs: 2, batchSize: 16, learningRate: 1e-2 };

Deno.test("train() reports every step and epoch, lowers the loss and leaves no tensor", async () => {
  const images = someImages(40);
  const split = { training: indices(33), validation: indices(40).slice(33) };
  const before = tf.memory().numTensors;
  const losses: number[] = [];
  let steps = 0;
  const events = train(initTraining(2), images, split, SETTINGS);
  for await (const event of events) {
    if (event.kind === "step") steps++;
    else losses.push(event.losses.training);
  }
  // 33 images in batches of 16: the one left over sits out.
  assertEquals(steps, 4);
  assertEquals(losses.length, 2);
  assertEquals(losses[1] < losses[0], true);
  assertEquals(tf.memory().numTensors, before);
});

Deno.test("train() averages its losses over images, whatever the batches", async () => {
  // The last batch of training has 8 images, that of validation 10.
  const images = someImages(300);
  // Dark images at the end, whose loss is another.
  images.pixels.fill(0, 290 * 784);
  const split = { training: indices(40), validation: indices(300).slice(40) };
  const steps: number[] = [];
  const events = train(initTraining(2), images, split, {
    ...{ ...SETTINGS, epochs: 1 },
  });
  for await (const event of events) {
    if (event.kind === "step") steps.push(event.loss);
    else {
      const [a, b, c] = steps;
      const mean = (16 * a + 16 * b + 8 * c) / 40;
      assertAlmostEquals(event.losses.training, mean, 1e-9);
      assert(Math.abs(mean - (a + b + c) / 3) > 1e-5);
      const model = freeze(trainedWeights(event.state));
      const x = toBatch(images, split.validation);
      const single = errorMap(x, model.reconstruct(x)).mean().dataSync()[0];
      assertAlmostEquals(event.losses.validation, single, 1e-6);
      model.dispose();
      x.dispose();
    }
  }
  assertEquals(steps.length, 3);
});

Deno.test("train() ends an epoch whose weights or validation loss are not finite, and leaves no tensor", async () => {
  const split = { training: indices(16), validation: indices(20).slice(16) };
  const before = tf.memory().numTensors;
  for (const passes of ["none", "validation"] as const) {
    await assertRejects(
      async () => {
        // One step an epoch: its own loss is of the weights before.
        const settings = { ...SETTINGS, passes, learningRate: 1e30 };
        const start = initTraining(2);
        for await (
          const event of train(start, someImages(20), split, settings)
        ) {
          assertEquals(event.kind, "step");
        }
      },
      NonFiniteLossError,
      "in epoch 1; a lower learning rate may help",
    );
    assertEquals(tf.memory().numTensors, before);
  }
});

Deno.test("train() refuses images that the autoencoder is not for", async () => {
  const split = { training: indices(16), validation: indices(20).slice(16) };
  const before = tf.memory().numTensors;
  const images = { ...someImages(20), height: 14, width: 56 };
  await assertRejects(
    () => train(initTraining(2), images, split, SETTINGS).next(),
    RangeError,
    "the images are 14×56×1, the model's 28×28×1",
  );
  assertEquals(tf.memory().numTensors, before);
});

Deno.test("train() leaves no tensor when the reader of its events stops early", async () => {
  const split = { training: indices(32), validation: indices(4) };
  const before = tf.memory().numTensors;
  for await (
    const _ of train(initTraining(2), someImages(32), split, SETTINGS)
  ) {
    break;
  }
  assertEquals(tf.memory().numTensors, before);
});

Deno.test("trainingStep() keeps the number of tensors", () => {
  const batch = tf.randomUniform([8, 28, 28, 1], 0, 1, "float32", 1);
  let state = initTraining(0);
  const before = tf.memory().numTensors;
  for (let i = 0; i < 3; i++) {
    state = trainingStep(state, batch as Tensor4D, 1e-2).state;
    assertEquals(tf.memory().numTensors, before);
  }
  disposeTraining(state);
  batch.dispose();
});

Deno.test("trainingStep() throws when the loss is not finite and keeps the state before", () => {
  const state = initTraining(0);
  const before = trainedWeights(state);
  const bad = tf.fill([4, 28, 28, 1], Infinity) as Tensor4D;
  const tensors = tf.memory().numTensors;
  assertThrows(
    () => trainingStep(state, bad, 1e-2),
    NonFiniteLossError,
    "at step 1",
  );
  assertEquals(tf.memory().numTensors, tensors);
  assertEquals(trainedWeights(state), before);
  disposeTraining(state);
  bad.dispose();
});
