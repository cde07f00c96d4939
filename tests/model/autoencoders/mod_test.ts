import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { modelSummary } from "../../../lib/model/summary.ts";
import {
  autoencoderOf,
  AUTOENCODERS,
  MODEL_NAMES,
} from "../../../lib/model/autoencoders/mod.ts";
import { initialise } from "../../../lib/model/parameters.ts";
import { freeze } from "../../../lib/model/evaluation_mode.ts";
import { sizeOf } from "../../../lib/weights/state_dict.ts";
import {
  type Tensor1D,
  type Tensor4D,
  tf,
} from "../../../lib/tensor/tensorflow.ts";
import { disposeTraining, initTraining } from "../../../lib/training/state.ts";
import { lossAndGradient, trainingStep } from "../../../lib/training/step.ts";
import { readWeights, writeWeights } from "../../../lib/model/read_weights.ts";
import { assertNear } from "../../assert.ts";

const batch = tf.randomUniform([6, 28, 28, 1], 0, 1, "float32", 4) as Tensor4D;

for (const name of MODEL_NAMES) {
  const autoencoder = AUTOENCODERS[name]();

  Deno.test(`${name}: weights and a file of them tell what they are of`, () => {
    const weights = initialise(autoencoder.arrays, 3);
    assertEquals(autoencoderOf(weights).arrays, autoencoder.arrays);
    const read = readWeights(writeWeights({ weights }, {}));
    assertEquals([...read.keys()], autoencoder.arrays.map(({ name }) => name));
  });

  Deno.test(`${name}: modelSummary() counts every parameter once`, () => {
    // A discriminator is no part of the reconstruction.
    const all = autoencoder.arrays
      .filter(({ kind }) => kind === "parameter")
      .filter((spec) => !spec.name.startsWith("discriminator."))
      .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    const counted = modelSummary(autoencoder)
      .reduce((sum, { parameters }) => sum + parameters, 0);
    assertEquals(counted, all);
  });

  // Adversaries follow the gradient of no one function, nor does a wrong one.
  const plays = name === "adversarial" || name === "faulty";
  Deno.test(
    `${name}: the gradient of the loss is its central difference along itself`,
    { ignore: plays },
    () => {
      const state = initTraining(1, autoencoder);
      const at = (parameters: Tensor1D) =>
        lossAndGradient(parameters, batch, autoencoder, 7);
      const { gradient } = at(state.parameters);
      const norm = tf.norm(gradient).dataSync()[0];
      // Small: an untrained loss is strongly curved along its gradient, and that
      // of ssim has kinks where a reconstruction is 0.
      const size = 2e-5;
      const [up, down] = [size, -size].map((step) =>
        at(tf.add(state.parameters, tf.mul(gradient, step / norm))).loss
      );
      assertAlmostEquals((up - down) / (2 * size) / norm, 1, 0.03);
      disposeTraining(state);
    },
  );

  Deno.test(`${name}: training lowers the loss, and leaves no tensor`, () => {
    const before = tf.memory().numTensors;
    let state = initTraining(2, autoencoder);
    const losses: number[] = [];
    for (let step = 0; step < 8; step++) {
      const result = trainingStep(state, batch, 1e-3, step);
      state = result.state;
      losses.push(result.loss);
    }
    disposeTraining(state);
    assertEquals(tf.memory().numTensors, before);
    assert(losses.at(-1)! < losses[0]);
  });

  Deno.test(`${name}: in evaluation it repeats, and treats images separately`, () => {
    const model = freeze(initialise(autoencoder.arrays, 5));
    const whole = model.reconstruct(batch);
    assertEquals(whole.shape, batch.shape);
    const part = model.reconstruct(batch.slice([2], [1]));
    assertNear(part.dataSync(), whole.slice([2], [1]).dataSync(), 1e-6);
    model.dispose();
  });
}
