import { assertEquals, assertThrows } from "@std/assert";
import {
  ARRAYS,
  initialWeights,
} from "../../lib/model/autoencoders/convolutional.ts";
import { specOf } from "../../lib/model/parameters.ts";
import { freeze, type Gradient } from "../../lib/model/evaluation_mode.ts";
import { computeMaps, errorMap, scaleMaps } from "../../lib/maps/maps.ts";
import { lossGradient } from "../../lib/maps/attribution/loss_gradient.ts";
import { ssimErrorMap } from "../../lib/maps/attribution/ssim_error.ts";
import { ReconstructionError } from "../../lib/maps/reconstruction_error.ts";
import { randomStream, uniform } from "../../lib/support/random.ts";
import { type Tensor4D, tf } from "../../lib/tensor/tensorflow.ts";
import { assertNear, assertNoLeak } from "../assert.ts";

/** Fresh weights with batch norms that are not the identity. */
function livelyWeights() {
  const random = randomStream(5, "weights");
  const weights = initialWeights(5);
  for (const [name, { data }] of weights) {
    const { initial } = specOf(ARRAYS, name);
    if ("constant" in initial) {
      const low = initial.constant === 1 ? 0.5 : -0.3;
      data.forEach((_, i) => data[i] = uniform(random, low, low + 0.8));
    }
  }
  return weights;
}

/**
 * Slopes of r̄ along random directions, from the gradient and from central
 * differences, as shares of the steepest.
 */
function slopes(gradient: Gradient) {
  const model = freeze(livelyWeights(), { gradient });
  // A fresh model answers faintly: louder, so that r̄'s gradient goes through
  // it and does not just repeat 2(x − g)/n.
  const reconstruct = (x: Tensor4D) =>
    tf.tidy(() => tf.mul(model.reconstruct(x), 1000) as Tensor4D);
  const random = randomStream(1, "order");
  const randoms = (low: number, high: number) =>
    Float32Array.from({ length: 784 }, () => uniform(random, low, high));
  const pixels = randoms(0, 1);
  const loss = (values: Float32Array) => {
    const x = tf.tensor4d(values, [1, 28, 28, 1]);
    const y = reconstruct(x);
    const numbers = y.dataSync();
    tf.dispose([x, y]);
    // In 64 bits, for the differences are small.
    return values.reduce((sum, v, i) => sum + (v - numbers[i]) ** 2, 0) / 784;
  };
  const x = tf.tensor4d(pixels, [1, 28, 28, 1]);
  const maps = computeMaps(reconstruct, x);
  const slope = maps.gradient.dataSync() as Float32Array;
  const step = 2 ** -8;
  const pairs = Array.from({ length: 20 }, () => {
    const direction = randoms(-1, 1).map((v) => Math.sign(v));
    const moved = (by: number) => pixels.map((v, i) => v + by * direction[i]);
    return {
      gradient: slope.reduce((sum, v, i) => sum + v * direction[i], 0),
      difference: (loss(moved(step)) - loss(moved(-step))) / (2 * step),
    };
  });
  tf.dispose([x, { ...maps }]);
  model.dispose();
  const steepest = Math.max(...pairs.map((p) => Math.abs(p.difference)));
  return {
    gradient: pairs.map((p) => p.gradient / steepest),
    differences: pairs.map((p) => p.difference / steepest),
  };
}

Deno.test("computeMaps() has the gradient of central differences, through every layer", () => {
  const { gradient, differences } = slopes("exact");
  assertNear(gradient, differences, 0.01);
});

Deno.test("the as-published gradient is not that of central differences", () => {
  const { gradient, differences } = slopes("as-published");
  assertThrows(() => assertNear(gradient, differences, 0.01));
});

Deno.test("computeMaps() takes any model and any H×W×C; saliency is the channels' maximum", () => {
  assertNoLeak(() => {
    const x = tf.tensor4d([1, 2, 3, 4, 5, 6], [1, 1, 2, 3]);
    const maps = computeMaps((x) => tf.mul(x, 0.5), x);
    // r̄ = mean((x/2)²) over 6 numbers: its gradient is x/12.
    assertNear(
      maps.gradient.dataSync(),
      [1, 2, 3, 4, 5, 6].map((v) => v / 12),
      1e-6,
    );
    assertEquals(maps.saliency.shape, [1, 1, 2]);
    assertNear(maps.saliency.dataSync(), [3 / 12, 6 / 12], 1e-6);
    assertNear(maps.error.dataSync(), [14 / 12, 77 / 12], 1e-6);
    assertEquals(maps.reconstruction.shape, [1, 1, 2, 3]);
  });
});

Deno.test("computeMaps() gives an image the same maps alone and in a batch", () => {
  const { reconstruct, dispose } = freeze(livelyWeights());
  assertNoLeak(() => {
    const x = tf.randomUniform([3, 28, 28, 1], 0, 1, "float32", 3) as Tensor4D;
    const together = computeMaps(reconstruct, x).saliency.dataSync();
    const alone = computeMaps(
      reconstruct,
      tf.slice(x, [1, 0, 0, 0], [1, 28, 28, 1]),
    ).saliency.dataSync();
    assertNear(together.subarray(784, 1568), alone, 1e-7);
  });
  dispose();
});

Deno.test("computeMaps() leaves no tensor behind but the maps it returns", () => {
  const { reconstruct, dispose } = freeze(initialWeights(0));
  const x = tf.zeros([2, 28, 28, 1]) as Tensor4D;
  const before = tf.memory().numTensors;
  const maps = computeMaps(reconstruct, x);
  assertEquals(tf.memory().numTensors, before + 4);
  tf.dispose([x, { ...maps }]);
  dispose();
});

Deno.test("computeMaps() throws when an image holds NaN", () => {
  const x = tf.tensor4d([0, NaN], [1, 1, 2, 1]);
  assertThrows(
    () => computeMaps(tf.zerosLike, x),
    RangeError,
    "not finite",
  );
});

Deno.test("computeMaps() throws when there is no image", () => {
  const x = tf.zeros([0, 2, 2, 1]) as Tensor4D;
  assertThrows(() => computeMaps(tf.zerosLike, x), RangeError, "no image");
});

Deno.test("computeMaps() throws when the gradient is not finite, though the loss is", () => {
  const x = tf.zeros([1, 1, 2, 1]) as Tensor4D;
  assertThrows(
    () => computeMaps((x) => tf.sub(tf.sqrt(x), 0.5), x),
    ReconstructionError,
    "gradient of the loss is not finite",
  );
});

Deno.test("computeMaps() throws when the model changes the shape", () => {
  const x = tf.zeros([1, 2, 2, 1]) as Tensor4D;
  assertThrows(
    () => computeMaps((x) => tf.slice(x, [0, 0, 0, 0], [1, 2, 1, 1]), x),
    RangeError,
    "has the shape of its image",
  );
});

Deno.test("errorMap() throws when the shapes do not match", () => {
  assertThrows(() => errorMap(tf.zeros([1, 2, 2, 1]), tf.zeros([1, 3, 3, 1])));
});

Deno.test("scaleMaps() scales each map by its own maximum", () => {
  const scaled = scaleMaps(tf.tensor3d([1, 4, 2, 8], [2, 1, 2]));
  assertEquals([...scaled.dataSync()], [0.25, 1, 0.25, 1]);
});

Deno.test("scaleMaps() leaves a map of zeros as it is", () => {
  const scaled = scaleMaps(tf.tensor3d([0, 0, 2, 1], [2, 1, 2]));
  assertEquals([...scaled.dataSync()], [0, 0, 1, 0.5]);
});

Deno.test("scaleMaps() turns a constant map into ones", () => {
  const scaled = scaleMaps(tf.fill([1, 2, 2], 3));
  assertEquals([...scaled.dataSync()], [1, 1, 1, 1]);
});

Deno.test("computeMaps() leaves the caller's tensors alone: the images given back, and the model's own", () => {
  const x = tf.randomUniform([2, 3, 4, 1], 0, 1, "float32", 1) as Tensor4D;
  const own = tf.zeros([2, 3, 4, 1]) as Tensor4D;
  const before = tf.memory().numTensors;
  const { saliency, ...rest } = computeMaps((images) => images, x);
  assertEquals([...saliency.dataSync()], Array(24).fill(0));
  tf.dispose([saliency, { ...rest }]);
  tf.dispose([{ ...computeMaps(() => own, x) }]);
  assertEquals([x.isDisposed, own.isDisposed], [false, false]);
  assertEquals(tf.memory().numTensors, before);
  tf.dispose([x, own]);
});

Deno.test("computeMaps() leaves no tensor where the model throws or gives what is no reconstruction, and works afterwards", () => {
  const x = tf.randomUniform([2, 4, 4, 1], 0, 1, "float32", 1) as Tensor4D;
  const before = tf.memory().numTensors;
  const refused = (
    model: (images: Tensor4D) => unknown,
    message: string,
  ) =>
    assertThrows(
      () => computeMaps((images) => model(images) as Tensor4D, x),
      Error,
      message,
    );
  refused((images) => {
    tf.square(tf.reshape(images, [2, 16]).mul(3));
    throw new Error("no luck");
  }, "no luck");
  refused((images) => tf.reshape(images, [2, 16]), "into [2,16]");
  refused((images) => tf.mul(images, NaN), "reconstructions are not finite");
  refused((images) => tf.mul(images, 3e38).mul(9), "are not finite");
  assertEquals(tf.memory().numTensors, before);
  tf.dispose([{ ...computeMaps((images) => tf.mul(images, 0.5), x) }]);
  assertEquals(tf.memory().numTensors, before);
  x.dispose();
});

Deno.test("maps refuse reconstructions that would be stretched to the image's shape", () => {
  const x = tf.ones([1, 2, 2, 3]) as Tensor4D;
  const grey = (x: Tensor4D) => tf.mean(x, 3, true) as Tensor4D;
  const flat = (x: Tensor4D) => tf.mean(x, 3) as unknown as Tensor4D;
  for (const reconstruct of [grey, flat]) {
    for (
      const map of [
        () => errorMap(x, reconstruct(x)),
        () => lossGradient(reconstruct, x),
        () => ssimErrorMap(reconstruct, x),
      ]
    ) assertThrows(map, ReconstructionError, "has the shape of its image");
  }
});
