import {
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { toBatch } from "../../lib/data/images.ts";
import { loadMnist } from "../../lib/data/mnist.ts";
import { splitNormal } from "../../lib/data/split.ts";
import { freeze } from "../../lib/model/evaluation_mode.ts";
import type { Model } from "../../lib/training/model_file.ts";
import {
  type RunEvent,
  runTraining,
  type TrainingStore,
} from "../../lib/training/run.ts";
import type { RunSettings } from "../../lib/training/settings.ts";
import { disposeTraining, initTraining } from "../../lib/training/state.ts";
import {
  readCheckpoint,
  writeCheckpoint,
} from "../../lib/training/checkpoint.ts";
import { trainingCost } from "../../lib/training/training_cost.ts";
import { WeightsError } from "../../lib/weights/state_dict.ts";
import { tf } from "../../lib/tensor/tensorflow.ts";

const { training } = await loadMnist("mnist");
const SETTINGS: RunSettings = {
  ...{ seed: 3, epochs: 2, batchSize: 256, learningRate: 0.01 },
  ...{ normalClasses: [1], data: "mnist", model: "dense" },
};

/** A store in memory, and what it was asked to do. */
function memory() {
  const calls: string[] = [];
  const saved: { checkpoint?: Uint8Array; model?: Model } = {};
  const store: TrainingStore = {
    place: "memory",
    load: async (read) => saved.checkpoint && await read(saved.checkpoint),
    saveEpoch(checkpoint) {
      calls.push("epoch");
      saved.checkpoint = checkpoint;
      return Promise.resolve();
    },
    saveModel(model) {
      calls.push("model");
      saved.model = model;
      return Promise.resolve();
    },
  };
  return { calls, saved, store };
}

async function events(settings: RunSettings, store = memory().store) {
  return await Array.fromAsync(runTraining(settings, training, store));
}

const losses = (all: RunEvent[]) =>
  all.flatMap((event) => event.kind === "epoch" ? [event.losses] : []);

Deno.test("runTraining() stores a checkpoint an epoch, then the model", async () => {
  const { calls, saved, store } = memory();
  const all = await events(SETTINGS, store);
  assertEquals(calls, ["epoch", "epoch", "model"]);
  assertEquals(all[0].kind, "start");
  assertEquals(saved.model!.history, losses(all));
});

Deno.test("runTraining() goes on from its store's checkpoint, to the same losses", async () => {
  const { store } = memory();
  const whole = losses(await events(SETTINGS));
  await events({ ...SETTINGS, epochs: 1 }, store);
  const all = await events(SETTINGS, store);
  assertEquals(all[0].kind === "start" && all[0].epoch, 1);
  assertEquals(losses(all), whole.slice(1));
});

Deno.test("runTraining() splits the images by the run's own seed", async () => {
  // Without learning, the losses tell only which images are where.
  const still = { ...SETTINGS, epochs: 1, learningRate: 1e-30 };
  const [event] = losses(await events(still));
  const { validation, training: trained } = splitNormal(
    training.labels,
    [1],
    3,
  );
  const { saved, store } = memory();
  await events(still, store);
  const model = freeze(saved.model!.weights);
  const batch = toBatch(training, validation);
  const y = model.reconstruct(batch);
  const [loss] = tf.losses.meanSquaredError(batch, y).dataSync();
  tf.dispose([batch, y]);
  model.dispose();
  assertAlmostEquals(event.validation, loss, 1e-7);
  const other = splitNormal(training.labels, [1], 0);
  assertNotEquals(other.validation, validation);
  assertNotEquals(other.training, trained);
});

Deno.test("runTraining() weighs the losses of an epoch by the images of each step", async () => {
  const all = await events({ ...SETTINGS, epochs: 1 });
  const count = splitNormal(training.labels, [1], 3).training.length;
  const steps = all.flatMap((event) =>
    event.kind === "step" ? [event.loss] : []
  );
  const sizes = steps.map((_, i) => Math.min(256, count - 256 * i));
  assertNotEquals(sizes.at(-1), 256);
  const sum = steps.reduce((total, loss, i) => total + loss * sizes[i], 0);
  assertAlmostEquals(losses(all)[0].training, sum / count, 1e-9);
});

Deno.test("runTraining() shuffles anew each epoch", async () => {
  const still = { ...SETTINGS, learningRate: 1e-30 };
  const steps = (await events(still)).flatMap((event) =>
    event.kind === "step" ? [event.loss] : []
  );
  const perEpoch = steps.length / 2;
  // The same weights on other batches: other losses, of nearly the same mean.
  assertNotEquals(steps.slice(0, perEpoch), steps.slice(perEpoch));
});

Deno.test("runTraining() draws other noise each epoch", async () => {
  const still: RunSettings = {
    ...{ ...SETTINGS, model: "denoising", learningRate: 1e-30 },
    // All images in one batch: the order of the images makes no difference.
    ...{ batchSize: 2000, seed: 1 },
  };
  const steps = (await events(still)).flatMap((event) =>
    event.kind === "step" ? [event.loss] : []
  );
  assertEquals(steps.length, 2);
  assertNotEquals(steps[0].toFixed(7), steps[1].toFixed(7));
});

Deno.test("runTraining() leaves the checkpoint where the model cannot be saved", async () => {
  const { saved, store } = memory();
  const failing = {
    ...store,
    saveModel: () => Promise.reject(new Error("disk full")),
  };
  await assertRejects(() => events(SETTINGS, failing), Error, "disk full");
  assertNotEquals(saved.checkpoint, undefined);
});

Deno.test("trainingCost() counts the steps of the epochs that are left", () => {
  const settings = { ...SETTINGS, epochs: 3 };
  const cost = trainingCost(initTraining(3), training, settings);
  assertEquals(cost.steps, 3 * Math.ceil((cost.images - 1) / 256));
  assertEquals(cost.seconds > 0, true);
});

Deno.test("runTraining() refuses a checkpoint of other images, and leaves no tensor", async () => {
  const { saved, store } = memory();
  await events({ ...SETTINGS, epochs: 1 }, store);
  const before = tf.memory().numTensors;
  const fewer = {
    ...training,
    labels: training.labels.map((label, i) => i % 2 === 0 ? label : 7),
  };
  const pixels = Uint8Array.from(training.pixels);
  pixels[0] ^= 1;
  const refused = async (images: typeof training, message: string) => {
    const error = await assertRejects(
      () => Array.fromAsync(runTraining(SETTINGS, images, store)),
      WeightsError,
      `the checkpoint memory is of other images: ${message}`,
    );
    assertStringIncludes(error.message, "delete it to start afresh");
    assertEquals(tf.memory().numTensors, before);
  };
  await refused(fewer, "their bytes or labels differ");
  await refused({ ...training, pixels }, "their bytes or labels differ");
  // One that does not tell its images, as older ones do not.
  const { state, settings } = await readCheckpoint(saved.checkpoint!);
  saved.checkpoint = await writeCheckpoint(state, settings);
  disposeTraining(state);
  await refused(fewer, "it took 4 steps an epoch");
});
