import { assert, assertEquals, assertRejects, equal } from "@std/assert";
import { fileURLToPath } from "node:url";
import { loadMnist } from "../../lib/data/mnist.ts";
import { initialWeights } from "../../lib/model/autoencoders/convolutional.ts";
import { writeWeights } from "../../lib/model/read_weights.ts";
import { tf } from "../../lib/tensor/tensorflow.ts";
import { writeCheckpoint } from "../../lib/training/checkpoint.ts";
import { modelFile } from "../../lib/training/model_file.ts";
import { disposeTraining, initTraining } from "../../lib/training/state.ts";
import { WeightsError } from "../../lib/weights/state_dict.ts";
import {
  cacheStore,
  loadModel,
  modelName,
  trainedModel,
} from "../../lib/training/model_cache.ts";
import { resumeOrInit, runTraining } from "../../lib/training/run.ts";
import { PAPER_SETTINGS } from "../../lib/training/settings.ts";
import { trainingCost } from "../../lib/training/training_cost.ts";

const LOSSES = { training: 0.1, validation: 0.2 };

const run = {
  ...PAPER_SETTINGS,
  epochs: 1,
  // A seed that nobody else's model has.
  seed: 4_000_000_001,
  normalClasses: [1],
  data: "mnist",
};

Deno.test("modelName() names what differs from the paper's settings, and only that", () => {
  assertEquals(modelName(run), "classes1_seed4000000001_epochs1_mnist");
  assertEquals(
    modelName({ ...run, data: "mnist-data", batchSize: 64, learningRate: 0.1 }),
    "classes1_seed4000000001_epochs1_batch64_rate0.1",
  );
  assertEquals(
    modelName({ ...run, passes: "none" }),
    "classes1_seed4000000001_epochs1_mnist_no-passes",
  );
});

Deno.test("modelName() has a dash between classes where one has two digits", () => {
  const classes = [..."abcdefghijk"];
  const nameOf = (normalClasses: number[]) =>
    modelName({ ...run, classes, normalClasses }).split("_")[0];
  assertEquals(nameOf([1, 9]), "classes19");
  assertEquals(nameOf([1, 10]), "classes1-10");
});

Deno.test("modelName() is one name for one model, whatever the order of its classes", () => {
  const name = modelName({ ...run, normalClasses: [8, 3, 8] });
  assertEquals(name, modelName({ ...run, normalClasses: [3, 8] }));
  assertEquals(
    name,
    modelName({ ...run, model: "convolutional", normalClasses: [3, 8] }),
  );
});

/** The fastest to train. */
const small = { ...run, model: "dense" } as const;

Deno.test("trainedModel() tells the cost, trains once, and finds the model again", async () => {
  const file = new URL(
    `../../data/models/${modelName(small)}.safetensors`,
    import.meta.url,
  );
  const { training } = await loadMnist("mnist");
  const heard: string[] = [];
  const listeners = {
    onCost: () => void heard.push("cost"),
    onEvent: ({ kind }: { kind: string }) => void heard.push(kind),
  };
  try {
    assertEquals(await loadModel(small), undefined);
    const model = await trainedModel(small, training, listeners);
    assertEquals(heard, [
      ...["cost", "start"],
      ...["step", "step", "step", "step", "epoch"],
    ]);
    assertEquals(model.history.length, 1);
    const again = await trainedModel(small, training, listeners);
    assertEquals(again.history, model.history);
    // Not the maps themselves: a difference of so many numbers cannot be shown.
    assert(equal(again.weights, model.weights), "other weights");
    assertEquals(heard.length, 7);
    const changed = {
      ...training,
      pixels: training.pixels.map((p) => 255 - p),
    };
    await assertRejects(
      () => trainedModel(small, changed, listeners),
      WeightsError,
      "was trained on other images than its data set has now",
    );
  } finally {
    await Deno.remove(file).catch(() => {});
  }
});

Deno.test("runTraining() with cacheStore() goes on after the last epoch that it finished, to the same bits", async () => {
  const { training } = await loadMnist("mnist");
  const twice = { ...small, seed: 4_000_000_002, epochs: 2 };
  const [checkpoint, file] = ["checkpoint.", ""].map((kind) =>
    new URL(
      `../../data/models/${modelName(twice)}.${kind}safetensors`,
      import.meta.url,
    )
  );
  const epochsOf = async (stopAt: number) => {
    const epochs = [];
    for await (const event of runTraining(twice, training, cacheStore(twice))) {
      if (event.kind === "epoch") epochs.push(event.epoch);
      if (epochs.length === stopAt) break;
    }
    return epochs;
  };
  try {
    assertEquals(await epochsOf(3), [1, 2]);
    const whole = await Deno.readFile(file);
    const requireSame = async () => {
      assert(equal(await Deno.readFile(file), whole), "other weights");
      await Deno.remove(file);
      await assertRejects(() => Deno.stat(checkpoint), Deno.errors.NotFound);
    };
    await requireSame();
    assertEquals(await epochsOf(1), [1]);
    const start = await resumeOrInit(twice, cacheStore(twice));
    assertEquals(trainingCost(start, training, twice).steps, 4);
    assertEquals(await epochsOf(1), [2]); // stopped before it is kept
    assertEquals(await epochsOf(1), []);
    await requireSame();
    await Deno.writeTextFile(checkpoint, "damaged");
    await assertRejects(
      () => epochsOf(1),
      WeightsError,
      "delete it to train it anew",
    );
  } finally {
    await Deno.remove(checkpoint).catch(() => {});
    await Deno.remove(file).catch(() => {});
  }
});

const elsewhere = { ...run, seed: 4_000_000_003, data: "/a/tiles" };
const sameName = { ...elsewhere, data: "/b/tiles" };

/** A file of data/models while a test runs. */
async function withFile(
  name: string,
  bytes: Uint8Array,
  f: (path: string) => Promise<unknown>,
) {
  const path = fileURLToPath(
    new URL(`../../data/models/${name}`, import.meta.url),
  );
  await Deno.writeFile(path, bytes);
  try {
    await f(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("loadModel() refuses a model of another folder with the same last part", async () => {
  assertEquals(modelName(elsewhere), modelName(sameName));
  const model = { weights: initialWeights(0), history: [LOSSES] };
  const name = `${modelName(elsewhere)}.safetensors`;
  await withFile(name, modelFile(elsewhere, model), async () => {
    assertEquals((await loadModel(elsewhere))!.history, [LOSSES]);
    await assertRejects(
      () => loadModel(sameName),
      WeightsError,
      "is in the way: it has data /a/tiles, not /b/tiles; move it elsewhere",
    );
  });
  const bare = writeWeights(model, {});
  await withFile(name, bare, () =>
    assertRejects(
      () => loadModel(elsewhere),
      WeightsError,
      "it does not tell how it was trained",
    ));
});

Deno.test("cacheStore() refuses a checkpoint of another run, and leaves no tensor", async () => {
  const state = initTraining(0);
  const bytes = await writeCheckpoint(state, elsewhere);
  disposeTraining(state);
  const before = tf.memory().numTensors;
  const name = `${modelName(elsewhere)}.checkpoint.safetensors`;
  await withFile(name, bytes, () =>
    assertRejects(
      () => resumeOrInit(sameName, cacheStore(sameName)),
      WeightsError,
      "it has data /a/tiles, not /b/tiles",
    ));
  assertEquals(tf.memory().numTensors, before);
});

Deno.test("loadModel() does not take a model that cannot be read for one that is not there", async () => {
  const path = fileURLToPath(
    new URL(
      `../../data/models/${modelName(elsewhere)}.safetensors`,
      import.meta.url,
    ),
  );
  await Deno.mkdir(path);
  try {
    await assertRejects(() => loadModel(elsewhere), Error, "EISDIR");
  } finally {
    await Deno.remove(path);
  }
});
