import { assertEquals, assertRejects } from "@std/assert";
import {
  readCheckpoint,
  writeCheckpoint,
} from "../../lib/training/checkpoint.ts";
import {
  readSafetensors,
  writeSafetensors,
} from "../../lib/weights/safetensors.ts";
import { WeightsError } from "../../lib/weights/state_dict.ts";
import { type Tensor4D, tf } from "../../lib/tensor/tensorflow.ts";
import {
  disposeTraining,
  newTraining,
  trainedWeights,
  type TrainingState,
  trainingStep,
} from "../../lib/training/training.ts";
import { readWeights, writeWeights } from "../../lib/model/read_weights.ts";

const SETTINGS = {
  seed: 3,
  epochs: 9,
  batchSize: 4,
  learningRate: 0.01,
  normalClasses: [0, 1],
  data: "mnist",
} as const;

const settings = { ...SETTINGS, normalClasses: [0, 1] };

function trained(): TrainingState {
  const batch = tf.randomUniform([4, 28, 28, 1], 0, 1, "float32", 1);
  const { state } = trainingStep(newTraining(3), batch as Tensor4D, 0.01);
  batch.dispose();
  return { ...state, history: [{ training: 0.5, validation: 0.25 }] };
}

Deno.test("readCheckpoint() gives back the whole state, bit for bit", async () => {
  const state = trained();
  const bytes = await writeCheckpoint(state, settings);
  const found = await readCheckpoint(bytes);
  assertEquals(found.settings, settings);
  assertEquals(found.state.step, 1);
  assertEquals(found.state.batchesTracked, 1);
  assertEquals(found.state.history, state.history);
  for (
    const part of [
      "parameters",
      "firstMoment",
      "secondMoment",
      "statistics",
    ] as const
  ) assertEquals(found.state[part].dataSync(), state[part].dataSync(), part);
  disposeTraining(state);
  disposeTraining(found.state);
});

Deno.test("readWeights() takes the weights out of a checkpoint", async () => {
  const state = trained();
  const weights = readWeights(await writeCheckpoint(state, settings));
  assertEquals(weights, trainedWeights(state));
  disposeTraining(state);
});

Deno.test("readCheckpoint() refuses a file with one bit changed", async () => {
  const state = trained();
  const bytes = await writeCheckpoint(state, settings);
  disposeTraining(state);
  bytes[bytes.length - 1000] ^= 1;
  await assertRejects(
    () => readCheckpoint(bytes),
    WeightsError,
    "checksum is wrong",
  );
});

Deno.test("readCheckpoint() refuses a file that is cut", async () => {
  const state = trained();
  const bytes = await writeCheckpoint(state, settings);
  disposeTraining(state);
  await assertRejects(
    () => readCheckpoint(bytes.subarray(0, -4)),
    WeightsError,
    "ends before",
  );
});

Deno.test("readCheckpoint() refuses weights without a training state", async () => {
  const state = trained();
  const bytes = writeWeights({ weights: trainedWeights(state) }, {});
  disposeTraining(state);
  await assertRejects(
    () => readCheckpoint(bytes),
    WeightsError,
    "no training to go on",
  );
});

const DAMAGES = [
  ["step", "x", "it has no step"],
  ["history", "[[[", "its settings are cut"],
  [
    "settings",
    JSON.stringify({ ...SETTINGS, model: "huge" }),
    "not known here",
  ],
] as const;

for (const [key, value, message] of DAMAGES) {
  Deno.test(`readCheckpoint() refuses metadata that is wrong in its ${key}, and leaves no tensor`, async () => {
    const state = trained();
    const file = readSafetensors(await writeCheckpoint(state, settings));
    disposeTraining(state);
    const bytes = writeSafetensors({
      ...file,
      metadata: { ...file.metadata, [key]: value },
    });
    const before = tf.memory().numTensors;
    await assertRejects(() => readCheckpoint(bytes), WeightsError, message);
    assertEquals(tf.memory().numTensors, before);
  });
}
