import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
} from "@std/assert";
import { imageValues, toBatch } from "../../lib/data/images.ts";
import { computeMaps } from "../../lib/maps/maps.ts";
import { residualRatio } from "../../lib/metrics/backpropagated_residual.ts";
import { spearman } from "../../lib/metrics/similarity/spearman.ts";
import { agreement, topK } from "../../lib/metrics/top_k.ts";
import { mean } from "../../lib/statistics/mean.ts";
import {
  correlationOverModels,
  studyResidual,
} from "../../lib/studies/residual.ts";
import { type Tensor4D, tf } from "../../lib/tensor/tensorflow.ts";

const COUNT = 165; // More than one batch.
const IMAGES = {
  ...{ width: 4, height: 5, channels: 1 },
  labels: Uint8Array.from({ length: COUNT }, (_, i) => i % 3),
  pixels: Uint8Array.from({ length: COUNT * 20 }, (_, i) => (i * i) % 251),
};
const blur = (x: Tensor4D) =>
  tf.sigmoid(tf.avgPool(x, 2, 1, "same")) as Tensor4D;

Deno.test("studyResidual() has the means of normal and novel images apart, and leaves no tensors", async () => {
  const before = tf.memory().numTensors;
  const shares: number[] = [];
  const study = await studyResidual(blur, IMAGES, {
    ...{ normalClasses: [0, 2], k: 4 },
    onProgress: (share) => void shares.push(share),
  });
  assertEquals(tf.memory().numTensors, before);
  assertEquals(shares, [160 / COUNT, 1]);
  const each = Array.from({ length: COUNT }, (_, i) => {
    const maps = computeMaps(blur, toBatch(IMAGES, [i]));
    const reconstruction = maps.reconstruction.dataSync();
    const residual = imageValues(IMAGES, i).map((x, j) =>
      x - reconstruction[j]
    );
    return {
      novel: IMAGES.labels[i] === 1,
      ratio: residualRatio(residual, maps.gradient.dataSync()),
      shared: agreement(
        topK(maps.saliency.dataSync(), 4),
        topK(maps.error.dataSync(), 4),
      ),
    };
  });
  for (const group of ["normal", "novel"] as const) {
    const own = each.filter(({ novel }) => novel === (group === "novel"));
    const ratios = own.map(({ ratio }) => ratio);
    assertAlmostEquals(study.ratio[group].mean, mean(ratios), 1e-5);
    assertAlmostEquals(
      study.agreement[group].mean,
      mean(own.map(({ shared }) => shared)),
      1e-12,
    );
    assert(study.ratio[group].low! < study.ratio[group].mean);
    const middle = ratios.toSorted((a, b) => a - b)[
      Math.ceil(ratios.length / 2) - 1
    ];
    assertAlmostEquals(each[study.typical[group]].ratio, middle, 1e-5);
    assertEquals(each[study.typical[group]].novel, group === "novel");
  }
  const expected = spearman(
    each.map(({ ratio }) => ratio),
    each.map(({ shared }) => shared),
  );
  assertAlmostEquals(study.correlation!, expected, 1e-3);
});

Deno.test("studyResidual() with random signs has what comes back of such differences where they cancel", async () => {
  // The mean of all pixels, everywhere: J is 1/20 in each place, and of the
  // residual, which has mean 0, nothing comes back.
  const mean = (x: Tensor4D) =>
    tf.mul(tf.onesLike(x), tf.mean(x, [1, 2, 3], true)) as Tensor4D;
  const study = await studyResidual(mean, IMAGES, { normalClasses: [0] });
  assertAlmostEquals(study.ratio.normal.mean, 0, 1e-3);
  // ‖Jᵀu‖ = |Σu|/√20, which for random signs is about ‖u‖·|N(0, 1)|/√20.
  const expected = Math.sqrt(2 / Math.PI) / Math.sqrt(20);
  assertAlmostEquals(study.randomSigns.mean, expected, 0.03);
});

Deno.test("studyResidual() has the cosine of r and Jᵀr: 1 where all is dimmed, and −1 where it is turned over", async () => {
  for (const factor of [0.5, -0.5]) {
    const dim = (x: Tensor4D) => tf.mul(x, factor) as Tensor4D;
    const { cosine } = await studyResidual(dim, IMAGES, { normalClasses: [0] });
    assertAlmostEquals(cosine.mean, Math.sign(factor), 1e-5);
  }
});

Deno.test("studyResidual() has no correlation where the agreement is one number", async () => {
  const study = await studyResidual(
    (x) => tf.mul(x, 0.5) as Tensor4D,
    IMAGES,
    { normalClasses: [0] },
  );
  assertEquals(study.correlation, null);
});

Deno.test("studyResidual() refuses a group of one image, and a model that returns its images", async () => {
  const labels = new Uint8Array(COUNT);
  labels[0] = 1;
  await assertRejects(
    () => studyResidual(blur, { ...IMAGES, labels }, { normalClasses: [0] }),
    RangeError,
    "each group needs two",
  );
  await assertRejects(
    () => studyResidual((x) => tf.clone(x), IMAGES, { normalClasses: [0] }),
    RangeError,
    "reconstructed exactly",
  );
});

Deno.test("correlationOverModels() is that of the means of normal images, of three models and more", () => {
  const model = (ratio: number, agreement: number) => ({
    ratio: { normal: { mean: ratio }, novel: { mean: 0 } },
    agreement: { normal: { mean: agreement }, novel: { mean: 0 } },
    ...{
      randomSigns: { mean: 0 },
      cosine: { mean: 0 },
      typical: { normal: 0, novel: 1 },
      correlation: null,
    },
  });
  const models = [model(0.5, 8), model(2, 3), model(1, 2)];
  // Ranks 1 3 2 and 3 2 1: 1 − 6·6/(3·8).
  assertAlmostEquals(correlationOverModels(models)!, -0.5, 1e-12);
  assertEquals(correlationOverModels(models.slice(1)), null);
  assertEquals(correlationOverModels(models.map(() => model(1, 2))), null);
});
