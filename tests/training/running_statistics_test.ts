import {
  assertAlmostEquals,
  assertEquals,
  assertThrows,
  equal,
} from "@std/assert";
import { initialWeights } from "../../lib/model/autoencoders/convolutional.ts";
import { type Images, toBatch } from "../../lib/data/images.ts";
import {
  randomStream,
  shuffle,
  uniform,
  validationStream,
} from "../../lib/support/random.ts";
import { updateStatistics } from "../../lib/training/running_statistics.ts";
import type { Passes } from "../../lib/training/settings.ts";
import type { StateDict } from "../../lib/weights/state_dict.ts";
import { assertNear } from "../assert.ts";
import { tf } from "../../lib/tensor/tensorflow.ts";
import {
  initTraining,
  trainedWeights,
  trainingFrom,
} from "../../lib/training/state.ts";
import { observe } from "../../lib/training/step.ts";
import { noiseSeedOf, train } from "../../lib/training/loop.ts";
import { CONVOLUTIONAL } from "../../lib/model/autoencoders/convolutional.ts";
import { mixture } from "../../lib/model/autoencoders/mixture.ts";
import { variational } from "../../lib/model/autoencoders/variational.ts";
import { freeze } from "../../lib/model/evaluation_mode.ts";
import { initialise } from "../../lib/model/parameters.ts";

const MIXTURE = mixture();
const VARIATIONAL = variational();

const random = randomStream(4, "order");
const images: Images = {
  ...{ height: 28, width: 28, channels: 1 },
  pixels: Uint8Array.from({ length: 48 * 784 }, () => uniform(random, 0, 256)),
};
const indices = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => from + i);
const split = { training: indices(0, 32), validation: indices(32, 48) };
const position = { seed: 3, epochs: 2, batchSize: 8 };

const requireTrainedPartsEqual = (a: StateDict, b: StateDict) => {
  for (const [name, { data }] of a) {
    if (name.includes(".running_")) continue;
    assertEquals(equal(data, b.get(name)!.data), true, name);
  }
};

Deno.test("updateStatistics('validation') makes up for validation passes that training left out, to the bit", async () => {
  const once = { ...position, epochs: 1 };
  const weightsOf = async (passes: Passes) => {
    let weights!: StateDict;
    const settings = { ...once, learningRate: 1e-2, passes };
    for await (
      const event of train(initTraining(3), images, split, settings)
    ) if (event.kind === "epoch") weights = trainedWeights(event.state);
    return weights;
  };
  const model = { weights: await weightsOf("none"), batchesTracked: 4 };
  const updated = updateStatistics("validation", model, images, split, once);
  assertEquals(updated.batchesTracked, 6);
  assertEquals(equal(updated.weights, await weightsOf("validation")), true);
  assertEquals(equal(updated.weights, model.weights), false);
});

Deno.test("updateStatistics('precise') is the mean over the batches of the last epoch", () => {
  const weights = initialWeights(1);
  const { weights: precise, batchesTracked } = updateStatistics(
    "precise",
    { weights },
    images,
    split,
    position,
  );
  assertEquals(batchesTracked, 4);
  requireTrainedPartsEqual(precise, weights);
  const { parameters } = trainingFrom({ weights });
  const order = shuffle(split.training, randomStream(3, "order", 2));
  const first = indices(0, 4).map((i) => {
    const batch = toBatch(images, order.slice(8 * i, 8 * i + 8));
    return observe(parameters, batch, CONVOLUTIONAL).dataSync()[0];
  });
  assertAlmostEquals(
    precise.get("encoder.conv.0.bn1a.running_mean")!.data[0],
    first.reduce((a, b) => a + b) / 4,
    1e-6,
  );
});

Deno.test("updateStatistics('precise') counts each batch alike, a smaller last one too, as PyTorch does without a momentum", () => {
  const weights = initialWeights(1);
  const uneven = { training: split.training.slice(0, 26), validation: [] };
  const { weights: precise, batchesTracked } = updateStatistics(
    ...["precise", { weights }, images, uneven, position] as const,
  );
  assertEquals(batchesTracked, 4);
  const { parameters } = trainingFrom({ weights });
  const order = shuffle(uneven.training, randomStream(3, "order", 2));
  const means = [0, 8, 16, 24].map((start) => {
    const batch = toBatch(images, order.slice(start, start + 8));
    return observe(parameters, batch, CONVOLUTIONAL).dataSync()[0];
  });
  assertAlmostEquals(
    precise.get("encoder.conv.0.bn1a.running_mean")!.data[0],
    means.reduce((a, b) => a + b) / 4,
    1e-7,
  );
});

Deno.test("updateStatistics() has a model's own statistics like batch norm's: the batches' mean, or moved on", () => {
  const weights = initialise(MIXTURE.arrays, 1);
  const before = tf.memory().numTensors;
  const model = { weights, batchesTracked: 4 };
  const [precise, moved] = (["precise", "validation"] as const).map((kind) =>
    updateStatistics(kind, model, images, split, position).weights
  );
  assertEquals(tf.memory().numTensors, before);
  requireTrainedPartsEqual(precise, weights);
  // The last of the running statistics.
  const name = "density.running_covariances";
  const { parameters } = trainingFrom({ weights });
  const observed = (order: readonly number[]) =>
    indices(0, order.length / 8).map((i) => {
      const batch = toBatch(images, order.slice(8 * i, 8 * i + 8));
      return observe(parameters, batch, MIXTURE).dataSync().slice(-64);
    });
  const training = observed(
    shuffle(split.training, randomStream(3, "order", 2)),
  );
  const mean = training[0].map((_, i) =>
    training.reduce((sum, values) => sum + values[i], 0) / 4
  );
  assertNear(precise.get(name)!.data, mean, 1e-6);
  const [first, second] = observed(
    shuffle(split.validation, validationStream(3, 2)),
  );
  // From zeros on.
  const twice = first.map((value, i) => 0.09 * value + 0.1 * second[i]);
  assertNear(moved.get(name)!.data, twice, 1e-6);
});

Deno.test("updateStatistics('precise') makes a mixture that training images are likely in", () => {
  const stored = initialise(MIXTURE.arrays, 1);
  const { weights } = updateStatistics(
    "precise",
    { weights: stored },
    images,
    split,
    position,
  );
  const total = weights.get("density.running_weights")!.data
    .reduce((a, b) => a + b);
  assertAlmostEquals(total, 1, 1e-6);
  const [before, after] = [stored, weights].map((of) => {
    const model = freeze(of);
    const x = toBatch(images, split.training);
    const energies = model.scores.energy(x).dataSync();
    model.dispose();
    return Math.max(...energies);
  });
  assertEquals(before > 0, true);
  assertEquals(after < 0, true);
});

Deno.test("updateStatistics('as-stored') changes nothing, and no kind leaves a tensor", () => {
  const model = { weights: initialWeights(1) };
  const before = tf.memory().numTensors;
  const run = (kind: "as-stored" | "validation" | "precise") =>
    updateStatistics(kind, model, images, split, position);
  assertEquals(run("as-stored"), model);
  // How many batches came before is not known, so neither is the sum.
  assertEquals(run("validation").batchesTracked, undefined);
  run("precise");
  assertEquals(tf.memory().numTensors, before);
});

Deno.test("updateStatistics('precise') throws where no batch can be made", () => {
  assertThrows(
    () =>
      updateStatistics("precise", { weights: initialWeights(1) }, images, {
        training: [3],
        validation: [],
      }, position),
    RangeError,
    "two images",
  );
});

Deno.test("updateStatistics('precise') gives each batch the noise of its step in the last epoch", () => {
  const weights = initialise(VARIATIONAL.arrays, 1);
  const { weights: precise } = updateStatistics(
    "precise",
    { weights },
    images,
    split,
    position,
  );
  const { parameters } = trainingFrom({ weights }, VARIATIONAL);
  const order = shuffle(split.training, randomStream(3, "order", 2));
  // Four steps an epoch: the second's are those from 4 on. The last of the
  // statistics is a variance behind the noisy code.
  const last = indices(0, 4).map((i) => {
    const batch = toBatch(images, order.slice(8 * i, 8 * i + 8));
    const seed = noiseSeedOf(3, 4 + i);
    return observe(parameters, batch, VARIATIONAL, seed).dataSync().at(-1)!;
  });
  const variances = [...precise].filter(([name]) =>
    name.endsWith(".running_var")
  );
  assertAlmostEquals(
    variances.at(-1)![1].data.at(-1)!,
    last.reduce((a, b) => a + b) / 4,
    1e-6,
  );
});

Deno.test("updateStatistics('validation') gives each pass a noise of its own, after that of the steps", () => {
  const weights = initialise(VARIATIONAL.arrays, 1);
  const { weights: moved } = updateStatistics(
    "validation",
    { weights, batchesTracked: 4 },
    images,
    split,
    position,
  );
  const { parameters, statistics } = trainingFrom({ weights }, VARIATIONAL);
  const order = shuffle(split.validation, validationStream(3, 2));
  // Two epochs of four steps are done.
  const [first, second] = indices(0, 2).map((i) => {
    const batch = toBatch(images, order.slice(8 * i, 8 * i + 8));
    const seed = noiseSeedOf(3, 8, i + 1);
    return observe(parameters, batch, VARIATIONAL, seed).dataSync().at(-1)!;
  });
  const before = statistics.dataSync().at(-1)!;
  const variances = [...moved].filter(([name]) =>
    name.endsWith(".running_var")
  );
  assertAlmostEquals(
    variances.at(-1)![1].data.at(-1)!,
    0.81 * before + 0.09 * first + 0.1 * second,
    1e-6,
  );
});
