import { assertAlmostEquals, assertEquals } from "@std/assert";
import { toBatch } from "../../lib/data/images.ts";
import { loadTest } from "../../lib/data/mnist.ts";
import { ARRAYS } from "../../lib/model/autoencoders/convolutional.ts";
import { freeze } from "../../lib/model/evaluation_mode.ts";
import { tensorShape, toTorch } from "../../lib/model/torch_axes.ts";
import { tf } from "../../lib/tensor/tensorflow.ts";
import {
  disposeTraining,
  trainedWeights,
  trainingFrom,
} from "../../lib/training/state.ts";
import {
  lossAndGradient,
  trackingPass,
  trainingStep,
} from "../../lib/training/step.ts";
import { sizeOf } from "../../lib/weights/state_dict.ts";
import { ARRAYS as REFERENCE, NUMBERS, referenceModel } from "../reference.ts";

const test = await loadTest();
const images = (from: number, to: number) =>
  toBatch(test, Array.from({ length: to - from }, (_, i) => from + i));

const norm = (values: Float32Array) =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

function assertRatio(actual: number, expected: number, tolerance: number) {
  assertAlmostEquals(actual / expected, 1, tolerance);
}

const { threeSteps } = NUMBERS;

Deno.test("lossAndGradient() has the norm of PyTorch's gradient, array by array", () => {
  const batch = images(0, 64);
  const { parameters } = trainingFrom(referenceModel());
  const { gradient } = lossAndGradient(parameters, batch);
  let offset = 0;
  for (const entry of ARRAYS.filter(({ kind }) => kind === "parameter")) {
    const size = sizeOf(entry.shape);
    const part = tf.slice(gradient, [offset], [size])
      .reshape(tensorShape(entry));
    offset += size;
    // In front of a batch norm a bias has no gradient but rounding.
    if (threeSteps.leftOut.includes(entry.name)) continue;
    const expected = threeSteps.gradientNorms[entry.name];
    assertRatio(norm(toTorch(entry, part)), expected, 1e-3);
  }
});

Deno.test("trainingStep() takes PyTorch's first three steps", () => {
  const batch = images(0, 64);
  let state = trainingFrom(referenceModel());
  for (const loss of threeSteps.losses) {
    const result = trainingStep(state, batch, threeSteps.learningRate);
    state = result.state;
    assertRatio(result.loss, loss, 1e-5);
  }
  const weights = trainedWeights(state);
  disposeTraining(state);
  for (const [name, expected] of Object.entries(threeSteps.normsAfter)) {
    assertRatio(norm(weights.get(name)!.data), expected as number, 1e-3);
  }
  const model = freeze(weights);
  const y = model.reconstruct(batch);
  const [loss] = tf.losses.meanSquaredError(batch, y).dataSync();
  assertRatio(loss, threeSteps.evaluationLossAfter, 1e-3);
  model.dispose();
});

Deno.test("trackingPass() moves the running statistics as PyTorch does in training mode", () => {
  let state = trainingFrom(referenceModel());
  for (const start of [0, 32]) {
    state = trackingPass(state, images(start, start + 32), 0);
  }
  assertEquals(
    state.batchesTracked,
    NUMBERS.batchesTracked["encoder.fc.1.num_batches_tracked"],
  );
  const weights = trainedWeights(state);
  disposeTraining(state);
  for (const [name, { data }] of REFERENCE) {
    if (!name.startsWith("statistics.")) continue;
    const ours = weights.get(name.slice("statistics.".length))!.data;
    data.forEach((value, i) =>
      assertAlmostEquals(ours[i], value, 1e-5 * (1 + Math.abs(value)), name)
    );
  }
});
