import { aurocWithoutClass } from "../../../lib/studies/left_out.ts";
import { percentileOf } from "../../../lib/statistics/percentile.ts";
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
} from "@std/assert";
import {
  detection,
  detectNovelty,
  noveltyScores,
} from "../../../lib/studies/localization/detection.ts";
import { computeMaps } from "../../../lib/maps/maps.ts";
import { toBatch } from "../../../lib/data/images.ts";
import { randomStream, uniform } from "../../../lib/support/random.ts";
import {
  type Tensor1D,
  type Tensor4D,
  tf,
} from "../../../lib/tensor/tensorflow.ts";
import { assertNear } from "../../assert.ts";

const random = () => randomStream(0, "figure");

Deno.test("detection() counts false and true positives above the training percentile", () => {
  const training = Array.from({ length: 101 }, (_, i) => i);
  // 95 itself is not above it.
  const normal = [1, 95, 96, 99.5];
  const novel = [10, 97, 200, 300, 400];
  const { thresholds } = detection({ training, normal, novel }, {
    random: random(),
  });
  assertEquals(thresholds, [
    { percentile: 95, threshold: 95, fpr: 2 / 4, tpr: 4 / 5 },
    { percentile: 99, threshold: 99, fpr: 1 / 4, tpr: 3 / 5 },
  ]);
});

Deno.test("detection() of a score that separates is perfect, of one that does not is chance", () => {
  const groups = { training: [1, 2], normal: [1, 2, 3], novel: [4, 5] };
  const perfect = detection(groups, { random: random() });
  assertEquals(perfect.auroc, { mean: 1, low: 1, high: 1 });
  assertEquals(perfect.averagePrecision, 1);
  const noise = randomStream(1, "figure");
  const draw = (n: number) =>
    Array.from({ length: n }, () => uniform(noise, 0, 1));
  const chance = detection(
    { training: draw(400), normal: draw(400), novel: draw(100) },
    { random: random() },
  );
  assert(chance.auroc.low! < 0.5 && chance.auroc.high! > 0.5);
  assertAlmostEquals(chance.averagePrecision, 0.2, 0.07);
  const [{ fpr, tpr }] = chance.thresholds;
  assertAlmostEquals(fpr, 0.05, 0.04);
  assertAlmostEquals(tpr, 0.05, 0.06);
});

Deno.test("noveltyScores() are the mean error and the norm of the saliency of each image", () => {
  const pixels = Uint8Array.from({ length: 3 * 20 }, (_, i) => (i * 37) % 256);
  const images = { width: 5, height: 4, channels: 1, pixels };
  const blur = (x: Tensor4D) =>
    tf.sigmoid(tf.avgPool(x, 3, 1, "same")) as Tensor4D;
  const before = tf.memory().numTensors;
  const [scores, ...rest] = noveltyScores({ reconstruct: blur }, images);
  assertEquals(tf.memory().numTensors, before);
  assertEquals(rest.length, 0);
  const { error, saliency } = computeMaps(blur, toBatch(images, [0, 1, 2]));
  assertNear(
    scores["reconstruction loss"],
    tf.mean(error, [1, 2]).dataSync(),
    1e-6,
  );
  assertNear(
    scores["norm of the saliency map"],
    tf.norm(saliency, "euclidean", [1, 2]).dataSync(),
    1e-6,
  );
});

Deno.test("noveltyScores() has a model's own scores, of each image in order, whatever the batches", () => {
  // More images than a batch, of which each has a grey of its own.
  const count = 250;
  const pixels = Uint8Array.from({ length: 4 * count }, (_, i) => i >> 2);
  const images = { width: 2, height: 2, channels: 1, pixels };
  const brightness = (x: Tensor4D) => tf.mean(x, [1, 2, 3]) as Tensor1D;
  const model = { reconstruct: tf.zerosLike, scores: { brightness } };
  const before = tf.memory().numTensors;
  const batches = [...noveltyScores(model, images)];
  assertEquals(tf.memory().numTensors, before);
  assert(batches.length > 1);
  assertNear(
    batches.flatMap((scores) => [...scores.brightness]),
    Array.from({ length: count }, (_, i) => i / 255),
    1e-6,
  );
});

Deno.test("detectNovelty() takes thresholds from training images, and tells how far it is", async () => {
  const blur = (x: Tensor4D) =>
    tf.sigmoid(tf.avgPool(x, 3, 1, "same")) as Tensor4D;
  const make = (count: number, factor: number) => ({
    ...{ width: 5, height: 4, channels: 1 },
    pixels: Uint8Array.from(
      { length: count * 20 },
      (_, i) => (i * factor + i * i) % 256,
    ),
  });
  const training = make(170, 37); // More than one batch.
  const test = {
    ...make(9, 11),
    labels: Uint8Array.of(0, 1, 2, 0, 1, 2, 0, 1, 2),
  };
  const shares: number[] = [];
  const detected = await detectNovelty({ reconstruct: blur }, {
    training,
    test,
  }, {
    normalClasses: [0, 1],
    onProgress: (share) => void shares.push(share),
  });
  assertEquals(shares, [160 / 179, 170 / 179, 1]);
  const known = [...noveltyScores({ reconstruct: blur }, training)];
  const [tested] = noveltyScores({ reconstruct: blur }, test);
  for (const [name, found] of Object.entries(detected)) {
    const { auroc, thresholds, withoutClass } = found;
    const without = aurocWithoutClass(tested[name], test.labels, [0, 1]);
    assertEquals(withoutClass, without);
    assertEquals(Object.keys(withoutClass!), ["0", "1"]);
    const scores = known.flatMap((batch) => [...batch[name]]);
    assertEquals(thresholds[0].threshold, percentileOf(scores, 95));
    const novel = [2, 5, 8].map((i) => tested[name][i]);
    const normal = [0, 1, 3, 4, 6, 7].map((i) => tested[name][i]);
    const pairs = novel.flatMap((a) => normal.map((b) => Number(a > b)));
    assertAlmostEquals(
      auroc.mean,
      pairs.reduce((sum, won) => sum + won) / 18,
      1e-12,
    );
  }
});

Deno.test("detectNovelty() refuses a group of one test image before any work", async () => {
  const never = () => {
    throw new Error("a map was computed");
  };
  const image = { width: 5, height: 4, channels: 1 };
  const test = {
    ...{ ...image, pixels: new Uint8Array(60) },
    labels: Uint8Array.of(0, 0, 1),
  };
  await assertRejects(
    () =>
      detectNovelty({ reconstruct: never }, { training: test, test }, {
        normalClasses: [0],
      }),
    RangeError,
    "2 are normal and 1 novel; each group needs two",
  );
});

Deno.test("detectNovelty() asks for images that the model was trained on", async () => {
  const image = { width: 5, height: 4, channels: 1 };
  const test = {
    ...{ ...image, pixels: new Uint8Array(80) },
    labels: Uint8Array.of(0, 0, 1, 1),
  };
  const training = { ...image, pixels: new Uint8Array() };
  await assertRejects(
    () =>
      detectNovelty({ reconstruct: tf.zerosLike }, { training, test }, {
        normalClasses: [0],
      }),
    RangeError,
    "no image that the model was trained on",
  );
});
