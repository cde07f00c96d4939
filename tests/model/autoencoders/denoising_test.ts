import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { CONVOLUTIONAL } from "../../../lib/model/autoencoders/convolutional.ts";
import { denoising } from "../../../lib/model/autoencoders/denoising.ts";
import type { Autoencoder } from "../../../lib/model/parameters.ts";
import { type Tensor4D, tf } from "../../../lib/tensor/tensorflow.ts";
import { lossAndGradient } from "../../../lib/training/step.ts";
import { initTraining } from "../../../lib/training/state.ts";

const DENOISING = denoising();

const batch = tf.randomUniform([4, 28, 28, 1], 0, 1, "float32", 4) as Tensor4D;
const { parameters } = initTraining(1);
const loss = (autoencoder: Autoencoder, seed: number) =>
  lossAndGradient(parameters, batch, autoencoder, seed).loss;

Deno.test("the denoising autoencoder sees noise that its seed decides", () => {
  assertEquals(loss(DENOISING, 1), loss(DENOISING, 1));
  assert(loss(DENOISING, 1) !== loss(DENOISING, 2));
  assertEquals(loss(CONVOLUTIONAL, 1), loss(CONVOLUTIONAL, 2));
});

Deno.test("the denoising autoencoder sees images with noise of σ = 1/40, clipped to 0 to 1, and is compared with the clean ones", () => {
  let seen!: Tensor4D;
  // Gives back what it sees, so that the loss is the noise's own.
  const mirror: Autoencoder = {
    ...DENOISING,
    reconstruct: (x, layers) => {
      seen = tf.keep(x.clone());
      return tf.add(x, tf.mul(CONVOLUTIONAL.reconstruct(x, layers), 0));
    },
  };
  const measured = loss(mirror, 3);
  const values = seen.dataSync();
  assert(values.every((value) => value >= 0 && value <= 1));
  const clean = batch.dataSync();
  const inside = Array.from(clean, (value, i) => [value, values[i] - value])
    .filter(([value]) => value > 0.2 && value < 0.8)
    .map(([, noise]) => noise ** 2);
  const variance = inside.reduce((a, b) => a + b, 0) / inside.length;
  assertAlmostEquals(variance * 1600, 1, 0.1);
  // Clipping takes a little away at either end.
  assertAlmostEquals(measured * 1600, 1, 0.1);
});
