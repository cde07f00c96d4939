import { assertEquals, assertRejects } from "@std/assert";
import { sha256 } from "../../lib/support/sha256.ts";
import {
  readCheckpoint,
  writeCheckpoint,
} from "../../lib/training/checkpoint.ts";
import {
  readSafetensors,
  writeSafetensors,
} from "../../lib/weights/safetensors.ts";
import { WeightsError } from "../../lib/weights/state_dict.ts";
import {
  type Tensor1D,
  type Tensor4D,
  tf,
} from "../../lib/tensor/tensorflow.ts";
import {
  disposeTraining,
  initTraining,
  trainedWeights,
  type TrainingState,
} from "../../lib/training/state.ts";
import { trainingStep } from "../../lib/training/step.ts";
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
  const { state } = trainingStep(initTraining(3), batch as Tensor4D, 0.01);
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

/** A checkpoint with other metadata, as the first format had it: a checksum of the arrays alone. */
async function firstFormat(change: Record<string, string> = {}) {
  const state = trained();
  const { weights, ...rest } = readSafetensors(
    await writeCheckpoint(state, settings),
  );
  disposeTraining(state);
  const names = [...weights.keys()].sort();
  const blob = new Blob(
    names.map((name) => weights.get(name)!.data as Float32Array<ArrayBuffer>),
  );
  const checksum = await sha256(new Uint8Array(await blob.arrayBuffer()));
  const { format: _, ...metadata } = rest.metadata;
  return writeSafetensors({
    ...rest,
    weights,
    metadata: { ...metadata, checksum, ...change },
  });
}

Deno.test("readCheckpoint() reads the first format, and leaves no tensor once the state is disposed of", async () => {
  const bytes = await firstFormat();
  const before = tf.memory().numTensors;
  const { state } = await readCheckpoint(bytes);
  assertEquals([state.step, state.batchesTracked], [1, 1]);
  disposeTraining(state);
  assertEquals(tf.memory().numTensors, before);
});

const strange = (change: object) => JSON.stringify({ ...SETTINGS, ...change });

const DAMAGES = [
  ["step", "x", "it has no step"],
  ["step", "0", "step 0 is not the end of epoch 1"],
  ["history", "[[[", "its history cannot be read"],
  ["history", "[]", "step 1 is not the end of epoch 0"],
  ["history", "[null]", "not a list of losses"],
  ["settings", "{}", "normalClasses is"],
  ["settings", strange({ model: "huge" }), "model is"],
  ["settings", strange({ normalClasses: "01" }), "normalClasses is"],
  ["settings", strange({ normalClasses: [12] }), "normalClasses is"],
  ["settings", strange({ seed: 0.5 }), "seed is"],
  ["settings", strange({ epochs: 0 }), "epochs is"],
  ["settings", strange({ learningRate: null }), "learningRate is"],
  ["settings", strange({ data: "" }), "data is"],
] as const;

for (const [key, value, message] of DAMAGES) {
  Deno.test(`readCheckpoint() refuses the first format with ${key} ${value}, and leaves no tensor`, async () => {
    const bytes = await firstFormat({ [key]: value });
    const before = tf.memory().numTensors;
    await assertRejects(() => readCheckpoint(bytes), WeightsError, message);
    assertEquals(tf.memory().numTensors, before);
  });
}

for (const key of ["settings", "step", "history", "counters", "format"]) {
  Deno.test(`readCheckpoint() has ${key} under its checksum`, async () => {
    const state = trained();
    const file = readSafetensors(await writeCheckpoint(state, settings));
    disposeTraining(state);
    if (key === "counters") {
      for (const name of file.counters.keys()) file.counters.set(name, 2);
    } else file.metadata[key] += " ";
    await assertRejects(
      () => readCheckpoint(writeSafetensors(file)),
      WeightsError,
      "checksum is wrong",
    );
  });
}

for (const moment of ["firstMoment", "secondMoment"] as const) {
  Deno.test(`readCheckpoint() refuses a ${moment} of another size, and leaves no tensor`, async () => {
    const state = trained();
    const short = tf.zeros([7]) as Tensor1D;
    const bytes = await writeCheckpoint(
      { ...state, [moment]: short },
      settings,
    );
    disposeTraining(state);
    short.dispose();
    const before = tf.memory().numTensors;
    await assertRejects(
      () => readCheckpoint(bytes),
      WeightsError,
      "Adam's moments are not of",
    );
    assertEquals(tf.memory().numTensors, before);
  });
}
