import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertThrows,
} from "@std/assert";
import {
  ATTRIBUTIONS,
  gradientTimesInput,
  integratedGradients,
  iterativeProjection,
  lossGradient,
  occlusion,
  randomMap,
  saliencyTimesError,
  smoothGrad,
} from "../../../lib/maps/attribution/mod.ts";
import { initialWeights } from "../../../lib/model/autoencoders/convolutional.ts";
import { freeze } from "../../../lib/model/evaluation_mode.ts";
import { computeMaps, errorMap } from "../../../lib/maps/maps.ts";
import { type Tensor4D, tf } from "../../../lib/tensor/tensorflow.ts";
import { assertClose, assertNear, assertNoLeak } from "../../assert.ts";

const SHAPE = [2, 5, 7, 3] as const;
const images = () =>
  tf.randomUniform([...SHAPE], 0, 1, "float32", 3) as Tensor4D;

/** A model whose output depends on neighbours and is not linear. */
const blur = (x: Tensor4D) =>
  tf.sigmoid(tf.avgPool(x, 3, 1, "same")) as Tensor4D;

const losses = (x: Tensor4D) =>
  tf.tidy(() => tf.mean(errorMap(x, blur(x)), [1, 2]).dataSync());

Deno.test("lossGradient() is the central difference of each image's own loss", () => {
  const x = images();
  const gradient = lossGradient(blur, x).dataSync();
  const size = x.size / 2;
  const h = 1e-2;
  for (const [image, place] of [[0, 3], [0, 50], [1, 17], [1, 104]]) {
    const at = (by: number) => {
      const moved = x.dataSync().slice();
      moved[image * size + place] += by;
      return losses(tf.tensor4d(moved, [...SHAPE]))[image];
    };
    const difference = (at(h) - at(-h)) / (2 * h);
    assertAlmostEquals(gradient[image * size + place], difference, 2e-6);
  }
});

Deno.test("lossGradient() is the gradient of computeMaps()", () => {
  const x = images();
  assertClose(lossGradient(blur, x), computeMaps(blur, x).gradient, 1e-9);
});

Deno.test("integratedGradients() add up to the loss's difference from a black image", () => {
  const x = images();
  const sums = tf.sum(integratedGradients(blur, x), [1, 2]).dataSync();
  const black = losses(tf.zerosLike(x));
  assertNear(sums, [...losses(x)].map((loss, i) => loss - black[i]), 1e-5);
});

Deno.test("gradientTimesInput() sums the channels before it drops the sign", () => {
  const x = tf.tensor4d([1, -1, 2, 2, 0, 1], [1, 1, 2, 3]);
  const halve = (x: Tensor4D) => tf.mul(x, 0.5) as Tensor4D;
  // r̄ = mean(x²/4), so xᵢ·∂ᵢ = xᵢ²/2n with n = 6.
  assertNear(gradientTimesInput(halve, x).dataSync(), [6 / 12, 5 / 12], 1e-6);
});

Deno.test("saliencyTimesError() is 1 where both maps have their maximum", () => {
  const x = tf.tensor4d([1, 2, 4], [1, 1, 3, 1]);
  // s is as x, r as x².
  assertNear(
    saliencyTimesError(tf.zerosLike, x).dataSync(),
    [1 / 64, 1 / 8, 1],
    1e-6,
  );
});

Deno.test("smoothGrad() repeats with its seed, and does not depend on the batch", () => {
  const x = images();
  const options = { samples: 5, seed: 7 };
  const both = smoothGrad(blur, x, options);
  assertClose(smoothGrad(blur, x, options), both, 0);
  const second = tf.slice(x, [1, 0, 0, 0], [1, 5, 7, 3]);
  assertClose(
    smoothGrad(blur, second, options),
    tf.slice(both, [1, 0, 0], [1, 5, 7]),
    1e-8,
  );
});

Deno.test("occlusion() tells how much loss the patches over a pixel take away", () => {
  const x = tf.buffer([1, 4, 6, 1]);
  x.set(3, 0, 1, 2, 0);
  // A model of black images: a patch takes the bright pixel's 9/24 or nothing.
  const map = occlusion(tf.zerosLike, x.toTensor() as Tensor4D, {
    size: 2,
    stride: 2,
  });
  const bright = [2, 3, 8, 9].map((pixel) => map.dataSync()[pixel]);
  assertNear(bright, [9 / 24, 9 / 24, 9 / 24, 9 / 24], 1e-6);
  assertEquals([...map.dataSync()].filter((value) => value > 0).length, 4);
});

Deno.test("occlusion() refuses a patch larger than the image", () => {
  assertThrows(
    () => occlusion(blur, images(), { size: 6 }),
    RangeError,
    "does not fit into 5×7",
  );
});

Deno.test("iterativeProjection() moves what the model cannot draw, and leaves the rest", () => {
  // The model draws the first pixel as it is and the second as black.
  const keep = tf.tensor4d([1, 0, 1], [1, 1, 3, 1]);
  const model = (x: Tensor4D) => tf.mul(x, keep) as Tensor4D;
  const x = tf.tensor4d([0.9, 0.9, 0], [1, 1, 3, 1]);
  const [kept, gone] = iterativeProjection(model, x).dataSync();
  assertEquals(kept, 0);
  assert(gone > 0.3 && gone <= 0.81, `${gone}`);
});

Deno.test("iterativeProjection() stays finite where the descent would run away", () => {
  const far = (x: Tensor4D) => tf.mul(x, -30) as Tensor4D;
  const map = iterativeProjection(far, images()).dataSync();
  assert(map.every((value) => value >= 0 && value <= 1));
});

Deno.test("randomMap() repeats with its seed", () => {
  assertClose(randomMap(images(), 5), randomMap(images(), 5), 0);
  assert(
    randomMap(images(), 5).dataSync()[0] !==
      randomMap(images(), 6).dataSync()[0],
  );
});

const frozen = freeze(initialWeights(0));
for (const [name, map] of Object.entries(ATTRIBUTIONS)) {
  Deno.test(`${name}: one number ≥ 0 a pixel, for any image and for the real model`, () => {
    const x = images();
    const before = x.dataSync().slice();
    const result = map(blur, x, 0);
    assertEquals(result.shape, [2, 5, 7]);
    assertEquals(x.dataSync(), before);
    assertNoLeak(() => void map(blur, x, 0));
    const digits = tf.randomUniform(
      [2, 28, 28, 1],
      0,
      1,
      "float32",
      1,
    ) as Tensor4D;
    const values = map(frozen.reconstruct, digits, 0).dataSync();
    assertEquals(values.length, 2 * 784);
    assert(values.every((value) => value >= 0 && Number.isFinite(value)));
  });
}
