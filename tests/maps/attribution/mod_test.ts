import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertThrows,
} from "@std/assert";
import {
  ATTRIBUTIONS,
  attributionsOf,
  brightnessMap,
  deepLift,
  gradCam,
  gradientTimesInput,
  guidedBackpropagation,
  integratedGradients,
  iterativeProjection,
  lossGradient,
  occlusion,
  randomMap,
  saliencyTimesError,
  smoothGrad,
  sobelMap,
  ssimErrorMap,
} from "../../../lib/maps/attribution/mod.ts";
import type { Activate } from "../../../lib/model/activation.ts";
import { AUTOENCODERS } from "../../../lib/model/autoencoders/mod.ts";
import { initialWeights } from "../../../lib/model/autoencoders/convolutional.ts";
import { freeze } from "../../../lib/model/evaluation_mode.ts";
import { initialise } from "../../../lib/model/parameters.ts";
import { computeMaps, errorMap } from "../../../lib/maps/maps.ts";
import {
  type Tensor1D,
  type Tensor3D,
  type Tensor4D,
  tf,
} from "../../../lib/tensor/tensorflow.ts";
import { gaussian } from "../../../lib/tensor/gaussian_noise.ts";
import { assertClose, assertNear, assertNoLeak } from "../../assert.ts";

const SHAPE = [2, 5, 7, 3] as const;
const images = () =>
  tf.randomUniform([...SHAPE], 0, 1, "float32", 3) as Tensor4D;

/** A model whose output depends on neighbours and is not linear. */
const blur = (x: Tensor4D) =>
  tf.sigmoid(tf.avgPool(x, 3, 1, "same")) as Tensor4D;

/** The same for pixels ≥ 0, with layers to look at. */
const blurWith = (x: Tensor4D, activate: Activate) => {
  const features = activate(x, { kind: "leakyRelu", after: "features" });
  const blurred = tf.avgPool(features, 3, 1, "same");
  return activate(blurred, { kind: "sigmoid", after: "blur" }) as Tensor4D;
};
const layered = {
  reconstruct: blur,
  reconstructWith: blurWith,
  featureMaps: "features",
};

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

/** SmoothGrad by its definition, with the noise scaled to each image's range. */
function smoothed(x: Tensor4D, samples: number, noise: number, seed: number) {
  const pixels = x.dataSync();
  const size = pixels.length / x.shape[0];
  const mean = new Float64Array(pixels.length);
  for (let sample = 0; sample < samples; sample++) {
    const field = gaussian([1, ...x.shape.slice(1)], 1, seed + sample)
      .dataSync();
    const noisy = pixels.map((value, i) => {
      const start = i - i % size;
      const image = pixels.subarray(start, start + size);
      const range = Math.max(...image) - Math.min(...image);
      return value + noise * range * field[i % size];
    });
    lossGradient(blur, tf.tensor4d(noisy, x.shape)).dataSync()
      .forEach((value, i) => mean[i] += value / samples);
  }
  return Array.from(
    { length: mean.length / 3 },
    (_, i) => Math.max(...mean.subarray(3 * i, 3 * i + 3).map(Math.abs)),
  );
}

/** Two images of which the second has five times the range. */
const unequal = () => {
  const scale = tf.tensor4d([1, 5], [2, 1, 1, 1]);
  return tf.mul(images(), scale) as Tensor4D;
};

Deno.test("smoothGrad() is the strongest channel of the mean gradient over noisy copies", () => {
  const x = unequal();
  const options = { samples: 4, noise: 0.4, seed: 9 };
  assertNear(
    smoothGrad(blur, x, options).dataSync(),
    smoothed(x, 4, 0.4, 9),
    1e-7,
  );
});

Deno.test("smoothGrad() takes 50 copies with noise of 15 % of the range by default", () => {
  const x = unequal();
  assertNear(smoothGrad(blur, x).dataSync(), smoothed(x, 50, 0.15, 0), 1e-7);
});

Deno.test("integratedGradients() takes the midpoints of 50 steps by default", () => {
  const x = images();
  const sum = new Float64Array(x.size);
  for (let step = 0; step < 50; step++) {
    const part = tf.mul(x, (step + 0.5) / 50) as Tensor4D;
    lossGradient(blur, part).dataSync().forEach((g, i) => sum[i] += g / 50);
  }
  const pixels = x.dataSync();
  const expected = Array.from(
    { length: sum.length / 3 },
    (_, i) =>
      [3 * i, 3 * i + 1, 3 * i + 2]
        .reduce((total, j) => total + pixels[j] * sum[j], 0),
  );
  assertNear(integratedGradients(blur, x).dataSync(), expected, 1e-8);
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

Deno.test("occlusion() averages over the patches that cover a pixel, up to the last row and column", () => {
  const x = tf.buffer([1, 3, 3, 1]);
  x.set(3, 0, 2, 2, 0);
  const map = occlusion(tf.zerosLike, x.toTensor() as Tensor4D, {
    size: 2,
    stride: 1,
  });
  // The last of four patches takes away the whole loss, 9/9; the pixel in the
  // middle is below all four, those at the sides below two.
  assertNear(map.dataSync(), [0, 0, 0, 0, 0.25, 0.5, 0, 0.5, 1], 1e-6);
});

Deno.test("occlusion() slides a patch of 4 pixels by 2 by default", () => {
  const x = tf.buffer([1, 4, 8, 1]);
  x.set(4, 0, 0, 5, 0);
  // Patches begin in columns 0, 2 and 4; the last two cover the bright pixel,
  // whose loss is 16/32.
  const row = [0, 0, 0.25, 0.25, 0.5, 0.5, 0.5, 0.5];
  const map = occlusion(tf.zerosLike, x.toTensor() as Tensor4D).dataSync();
  assertNear(map, [...row, ...row, ...row, ...row], 1e-6);
});

Deno.test("occlusion() has a last patch at the edge where the stride does not end there", () => {
  const x = tf.buffer([1, 5, 5, 1]);
  x.set(1, 0, 4, 4, 0);
  const map = occlusion(tf.zerosLike, x.toTensor() as Tensor4D, {
    ...{ size: 2, stride: 2 },
  }).dataSync();
  assert(map[24] > 0, "the last pixel is never covered");
});

Deno.test("occlusion() refuses a patch larger than the image", () => {
  assertThrows(
    () => occlusion(blur, images(), { size: 6 }),
    RangeError,
    "a patch of 6 pixels does not fit into 5",
  );
});

Deno.test("occlusion() refuses patches that leave pixels uncovered", () => {
  assertThrows(
    () => occlusion(blur, images(), { size: 2, stride: 3 }),
    RangeError,
    "leave pixels uncovered",
  );
});

Deno.test("maps of many passes refuse to make none", () => {
  for (const none of [0, -1, 0.5, NaN]) {
    for (
      const map of [
        () => smoothGrad(blur, images(), { samples: none }),
        () => integratedGradients(blur, images(), { steps: none }),
        () => iterativeProjection(blur, images(), { steps: none }),
        () => occlusion(blur, images(), { stride: none }),
      ]
    ) assertThrows(map, RangeError, "must be a whole number from 1");
  }
});

Deno.test("iterativeProjection() moves what the model cannot draw, and leaves the rest", () => {
  // The model draws the first pixel as it is and the second as black.
  const keep = tf.tensor4d([1, 0, 1], [1, 1, 3, 1]);
  const model = (x: Tensor4D) => tf.mul(x, keep) as Tensor4D;
  const x = tf.tensor4d([0.9, 0.9, 0], [1, 1, 3, 1]);
  const [kept, gone, black] = iterativeProjection(model, x).dataSync();
  assertEquals([kept, black], [0, 0]);
  // Each step: the gradient 2x of x², less the pull of 0.05 back to the start,
  // times the error x², times the rate of 0.5.
  let moved = 0.9;
  for (let step = 0; step < 50; step++) {
    moved -= 0.5 * (2 * moved - (step > 0 ? 0.05 : 0)) * moved ** 2;
  }
  assertAlmostEquals(gone, (0.9 - moved) ** 2, 1e-6);
});

Deno.test("iterativeProjection() takes the first two steps as calculated by hand", () => {
  const x = tf.tensor4d([0.9, 0, 0], [1, 1, 3, 1]);
  const after = (steps: number) =>
    iterativeProjection(tf.zerosLike, x, { steps }).dataSync();
  // 0.9 − 0.5·(2·0.9)·0.9² = 0.171
  assertNear(after(1), [(0.9 - 0.171) ** 2, 0, 0], 1e-6);
  const second = 0.171 - 0.5 * (2 * 0.171 - 0.05) * 0.171 ** 2;
  assertNear(after(2), [(0.9 - second) ** 2, 0, 0], 1e-6);
});

Deno.test("iterativeProjection() keeps pixels within the image's range", () => {
  const x = tf.tensor4d([0, 1, 0.5], [1, 1, 3, 1]);
  const model = (value: number) => (x: Tensor4D) =>
    tf.fill(x.shape, value) as Tensor4D;
  const map = (value: number) =>
    iterativeProjection(model(value), x, { steps: 1 }).dataSync();
  // Towards 2 all pixels stop at 1, towards −1 all stop at 0.
  assertNear(map(2), [1, 0, 0.25], 1e-6);
  assertNear(map(-1), [0, 1, 0.25], 1e-6);
});

Deno.test("iterativeProjection() stays finite where the descent would run away", () => {
  const far = (x: Tensor4D) => tf.mul(x, -30) as Tensor4D;
  const map = iterativeProjection(far, images()).dataSync();
  assert(map.every((value) => value >= 0 && value <= 1));
});

Deno.test("randomMap() repeats with its seed", () => {
  const seeds = [0, 1, 2, 5];
  for (const seed of seeds) {
    assertClose(randomMap(images(), seed), randomMap(images(), seed), 0);
  }
  const first = seeds.map((seed) => randomMap(images(), seed).dataSync()[0]);
  assertEquals(new Set(first).size, seeds.length);
});

Deno.test("brightnessMap() is the largest channel without its sign", () => {
  const x = tf.tensor4d([1, -3, 2, 0.5, 0.25, 0], [1, 1, 2, 3]);
  assertEquals([...brightnessMap(x).dataSync()], [3, 0.5]);
});

Deno.test("sobelMap() is the largest of the channels' own gradients", () => {
  const x = images();
  const [n, height, width, channels] = SHAPE;
  const pixels = x.dataSync();
  const expected: number[] = [];
  for (let place = 0; place < n * height * width; place++) {
    const [image, row, column] = [
      Math.floor(place / (height * width)),
      Math.floor(place / width) % height,
      place % width,
    ];
    const magnitudes = [0, 1, 2].map((channel) => {
      const at = (down: number, right: number) => {
        const [y, x] = [row + down, column + right];
        const inside = y >= 0 && y < height && x >= 0 && x < width;
        const pixel = (image * height + y) * width + x;
        return inside ? pixels[pixel * channels + channel] : 0;
      };
      const side = (f: (i: number) => number) => f(-1) + 2 * f(0) + f(1);
      return Math.hypot(
        side((i) => at(i, 1)) - side((i) => at(i, -1)),
        side((i) => at(1, i)) - side((i) => at(-1, i)),
      );
    });
    expected.push(Math.max(...magnitudes));
  }
  assertNear(sobelMap(x).dataSync(), expected, 1e-6);
});

/** What each name stands for, written out. */
const MEANINGS: Record<string, (x: Tensor4D, seed: number) => Tensor3D> = {
  "reconstruction error": (x) => errorMap(x, blur(x)),
  "saliency": (x) => computeMaps(blur, x).saliency,
  "squared saliency": (x) => {
    const { saliency } = computeMaps(blur, x);
    return tf.mul(saliency, saliency);
  },
  "saliency × error": (x) => saliencyTimesError(blur, x),
  "gradient × input": (x) => gradientTimesInput(blur, x),
  "SmoothGrad": (x, seed) => smoothGrad(blur, x, { seed }),
  "integrated gradients": (x) => {
    const signed = integratedGradients(blur, x);
    assert(signed.dataSync().some((value) => value < 0), "nothing is negative");
    return tf.abs(signed);
  },
  "guided backpropagation": (x) => guidedBackpropagation(blurWith, x),
  "DeepLIFT": (x) => {
    const signed = deepLift(blurWith, x);
    assert(signed.dataSync().some((value) => value < 0), "nothing is negative");
    return tf.abs(signed);
  },
  "Grad-CAM": (x) => gradCam(blurWith, x, { featureMaps: "features" }),
  "occlusion": (x) => occlusion(blur, x),
  "iterative projection": (x) => iterativeProjection(blur, x),
  "SSIM error": (x) => ssimErrorMap(blur, x),
  "brightness": (x) => brightnessMap(x),
  "edges (Sobel)": (x) => sobelMap(x),
  "random": (x, seed) => randomMap(x, seed),
};

Deno.test("ATTRIBUTIONS have the map that their name says, with its seed", () => {
  const x = images();
  assertEquals(
    Object.keys(ATTRIBUTIONS).sort(),
    Object.keys(MEANINGS).sort(),
  );
  for (const [name, { map }] of Object.entries(ATTRIBUTIONS)) {
    for (const seed of [0, 3]) {
      assertClose(
        map(layered, x, seed),
        MEANINGS[name](x, seed),
        0,
      );
    }
  }
});

Deno.test("ATTRIBUTIONS have the same map after a gradient that was stopped half-way", () => {
  const x = images();
  for (const { map } of Object.values(ATTRIBUTIONS)) {
    const before = map(layered, x, 0);
    tf.engine().state.kernelDepth = 1; // as Stop leaves it
    assertClose(map(layered, x, 0), before, 0);
    tf.engine().state.kernelDepth = 0;
  }
});

Deno.test("ATTRIBUTIONS tell the passes of each map for 28×28 pixels, none of a baseline", () => {
  const x = tf.randomUniform([1, 28, 28, 1], 0, 1, "float32", 1) as Tensor4D;
  for (
    const [name, { map, passes, isBaseline }] of Object.entries(ATTRIBUTIONS)
  ) {
    let count = 0;
    const counted = {
      ...layered,
      reconstruct: (image: Tensor4D) => {
        count++;
        return blur(image);
      },
      reconstructWith: (image: Tensor4D, activate: Activate) => {
        count++;
        return blurWith(image, activate);
      },
    };
    map(counted, x, 0).dispose();
    assertEquals(count, passes, name);
    assertEquals(isBaseline, passes === 0, name);
  }
});

Deno.test("attributionsOf() leaves out what a model does not show or have", () => {
  const all = Object.keys(ATTRIBUTIONS);
  const without = (...names: string[]) =>
    all.filter((name) => !names.includes(name));
  const namesOf = (model: Parameters<typeof attributionsOf>[0]) =>
    Object.keys(attributionsOf(model));
  const layers = all.filter((name) => ATTRIBUTIONS[name].needsLayers);
  assert(layers.includes("DeepLIFT"));
  assertEquals(namesOf({ reconstruct: blur }), without(...layers));
  assertEquals(namesOf(frozen), all);
  const { arrays } = AUTOENCODERS.dense();
  const dense = freeze(initialise(arrays, 0));
  assertEquals(namesOf(dense), without("Grad-CAM"));
  dense.dispose();
});

const frozen = freeze(initialWeights(0));
for (const [name, { map }] of Object.entries(ATTRIBUTIONS)) {
  Deno.test(`${name}: one number ≥ 0 a pixel, for any image and for the real model`, () => {
    const x = images();
    const before = x.dataSync().slice();
    const result = map(layered, x, 0);
    assertEquals(result.shape, [2, 5, 7]);
    assertEquals(x.dataSync(), before);
    assertNoLeak(() => void map(layered, x, 0));
    const digits = tf.randomUniform(
      [2, 28, 28, 1],
      0,
      1,
      "float32",
      1,
    ) as Tensor4D;
    const values = map(frozen, digits, 0).dataSync();
    assertEquals(values.length, 2 * 784);
    assert(values.every((value) => value >= 0 && Number.isFinite(value)));
  });
}

Deno.test("attributionsOf() has two maps of each of a model's scores, and takes neither for a baseline", () => {
  const brightness = (x: Tensor4D) =>
    tf.sum(tf.square(x), [1, 2, 3]) as Tensor1D;
  const model = { reconstruct: blur, scores: { brightness } };
  const x = images();
  const own = Object.entries(attributionsOf(model)).slice(-2);
  assertEquals(
    own.map(([name, { passes, isBaseline }]) => [
      ...[name, passes, isBaseline],
    ]),
    [
      ["gradient of brightness", 1, false],
      ["error × gradient of brightness", 2, false],
    ],
  );
  // d Σx² / d x = 2x
  const gradient = tf.max(tf.abs(tf.mul(x, 2)), 3) as Tensor3D;
  const [plain, product] = own.map(([, { map }]) => map(model, x, 0));
  assertClose(plain, gradient, 1e-6);
  assertClose(product, tf.mul(gradient, errorMap(x, blur(x))), 1e-6);
});
