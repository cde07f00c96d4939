import { assert, assertAlmostEquals, assertThrows } from "@std/assert";
import { toBatch } from "../../../lib/data/images.ts";
import { loadTest } from "../../../lib/data/mnist.ts";
import {
  deepLift,
  gradCam,
  guidedBackpropagation,
} from "../../../lib/maps/attribution/mod.ts";
import { errorMap } from "../../../lib/maps/maps.ts";
import { type Activate, activate } from "../../../lib/model/activation.ts";
import { freeze } from "../../../lib/model/evaluation_mode.ts";
import {
  type Tensor3D,
  type Tensor4D,
  tf,
} from "../../../lib/tensor/tensorflow.ts";
import { assertNear } from "../../assert.ts";
import { CAPTUM, referenceModel } from "../../reference.ts";

const model = freeze(referenceModel().weights);
const batch = toBatch(await loadTest(), CAPTUM.images);
const layers = model.reconstructWith!;
const featureMaps = model.featureMaps!;

/** Of the largest value of Captum's map: what is left of 32 bits after some 20 layers. */
const ROUNDING = 2e-5;

const maps: Record<string, (x: Tensor4D) => Tensor3D> = {
  "guided backpropagation": (x) => guidedBackpropagation(layers, x),
  "DeepLIFT": (x) => deepLift(layers, x),
  "Grad-CAM": (x) => gradCam(layers, x, { featureMaps }),
};

for (const [name, map] of Object.entries(maps)) {
  Deno.test(`${name} is Captum's, on the real model`, () => {
    const ours = map(batch).dataSync();
    CAPTUM.maps[name].forEach((expected: number[], i: number) => {
      const image = ours.slice(784 * i, 784 * i + 784);
      assertNear(
        image.filter((_, pixel) => pixel % CAPTUM.every === 0),
        expected,
        ROUNDING * Math.max(...expected.map(Math.abs)),
      );
    });
  });
}

Deno.test("deepLift() adds up to the loss's difference from a black image, on the real model", () => {
  const losses = (x: Tensor4D) =>
    tf.mean(errorMap(x, model.reconstruct(x)), [1, 2]).dataSync();
  const sums = tf.sum(deepLift(layers, batch), [1, 2]).dataSync();
  const [black] = losses(tf.zeros([1, 28, 28, 1]));
  losses(batch).forEach((loss, i) => {
    const difference = loss - black;
    assertAlmostEquals(sums[i], difference, 1e-5 * Math.abs(difference));
    assertAlmostEquals(
      sums[i],
      CAPTUM.sumOfDeepLIFT[i],
      1e-5 * Math.abs(difference),
    );
  });
});

/** A model of one activation of each pixel by itself. */
const shifted =
  (kind: "leakyRelu" | "sigmoid", by: number) =>
  (x: Tensor4D, activate: Activate) =>
    activate(tf.add(x, by) as Tensor4D, { kind, after: "layer" });

for (const kind of ["leakyRelu", "sigmoid"] as const) {
  Deno.test(`deepLift() adds up across the kink and close to the reference: ${kind}`, () => {
    const pixels = [0, 1e-6, 5e-4, 2e-3, 0.5, 1, 3];
    const f = (v: number) =>
      kind === "sigmoid" ? 1 / (1 + Math.exp(-v)) : v > 0 ? v : 0.01 * v;
    for (const by of [-0.7, 0, 0.4]) {
      const loss = (v: number) => (v - f(v + by)) ** 2 / pixels.length;
      const x = tf.tensor4d(pixels, [1, 1, pixels.length, 1]);
      const ours = deepLift(shifted(kind, by), x).dataSync();
      // Relative to the pixel, so that close ones are as exact as others.
      pixels.forEach((v, i) => {
        const expected = loss(Math.fround(v)) - loss(0);
        assertAlmostEquals(ours[i], expected, 1e-7 * v);
      });
    }
  });
}

Deno.test("guidedBackpropagation() blocks what is negative at each LeakyReLU, and there alone", () => {
  // r̄ = (x − x̂)² with x̂ = σ(leaky(−3x)) falls with x̂, at the LeakyReLU too.
  const through = (x: Tensor4D, activate: Activate) =>
    activate(
      activate(tf.mul(x, -3) as Tensor4D, { kind: "leakyRelu", after: "a" }),
      { kind: "sigmoid", after: "b" },
    );
  const x = tf.tensor4d([0.9], [1, 1, 1, 1]);
  const y = through(x, activate).dataSync()[0];
  const [map] = guidedBackpropagation(through, x).dataSync();
  assertAlmostEquals(map, 2 * (0.9 - y), 1e-6);
  // Where it rises with x̂, the gradient is the ordinary one.
  const [rising] = guidedBackpropagation(through, tf.mul(x, 0.1)).dataSync();
  const low = 0.09;
  const z = 1 / (1 + Math.exp(0.01 * 3 * low));
  const slope = z * (1 - z) * 0.01 * -3;
  assertAlmostEquals(rising, Math.abs(2 * (low - z) * (1 - slope)), 1e-6);
});

Deno.test("gradCam() keeps nothing where the feature maps take loss away", () => {
  // x̂ = x/2: r̄ falls with every feature.
  const half = (x: Tensor4D, activate: Activate) =>
    activate(tf.mul(x, 0.5) as Tensor4D, { kind: "leakyRelu", after: "half" });
  const x = tf.ones([2, 3, 4, 1]) as Tensor4D;
  const map = gradCam(half, x, { featureMaps: "half" });
  assert(map.dataSync().every((value) => value === 0));
});

Deno.test("gradCam() refuses a name that no feature maps follow, and leaves nothing behind", () => {
  const before = tf.memory().numTensors;
  for (const featureMaps of ["encoder.conv.9", "encoder.fc.0"]) {
    assertThrows(
      () => gradCam(layers, batch, { featureMaps }),
      RangeError,
      `no feature maps after "${featureMaps}"`,
    );
  }
  assert(tf.memory().numTensors === before);
});
