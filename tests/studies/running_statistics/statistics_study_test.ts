import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { initialWeights } from "../../../lib/model/autoencoders/convolutional.ts";
import { withCaption } from "../../../lib/figures/chart.ts";
import { statisticsCaption } from "../../../lib/report/captions.ts";
import { statisticsCurve } from "../../../lib/figures/statistics_curve.ts";
import { statisticsTable } from "../../../lib/report/statistics_table.ts";
import { studyStatistics } from "../../../lib/studies/running_statistics/statistics_study.ts";
import { randomStream, uniform } from "../../../lib/support/random.ts";
import { tf } from "../../../lib/tensor/tensorflow.ts";
import { PAPER_SETTINGS } from "../../../lib/training/settings.ts";
import { chartToSvg } from "../../../lib/figures/render.ts";

const random = randomStream(1, "figure");
/** Random images; the first half are zeros, the others sevens. */
const images = (count: number) => ({
  ...{ height: 28, width: 28, channels: 1 },
  pixels: Uint8Array.from(
    { length: 784 * count },
    () => uniform(random, 0, 256),
  ),
  labels: Uint8Array.from({ length: count }, (_, i) => i < count / 2 ? 0 : 7),
});
const data = { training: images(80), test: images(8) };
const model = {
  weights: initialWeights(0),
  settings: {
    ...{ ...PAPER_SETTINGS, epochs: 3, seed: 5, batchSize: 16 },
    ...{ normalClasses: [0], data: "mnist" as const },
  },
};

Deno.test("studyStatistics() measures a model with its own, the validation images' and the training set's statistics", async () => {
  const before = tf.memory().numTensors;
  const done: number[] = [];
  const rows = await Array.fromAsync(studyStatistics(model, data, {
    ks: [5, 10],
    onProgress: (share) => void done.push(share),
  }));
  assertEquals(tf.memory().numTensors, before);
  assertEquals(
    rows.map(({ epochs, statistics }) => `${epochs} ${statistics}`),
    ["3 as-stored", "3 validation", "3 precise"],
  );
  assertEquals(done.at(-1), 1);
  const losses = rows.map(({ results }) => results.reconstructionLoss.normal);
  assertNotEquals(losses[0], losses[1]);
  assertNotEquals(losses[1], losses[2]);
  assertEquals(rows[0].results.counts, { normal: 4, novel: 4 });
  const lines = statisticsTable(rows).split("\n");
  assertEquals(lines.length, 5);
  assertEquals(lines[2].includes("as gathered while training"), true);
  assertEquals(
    lines[4].includes(rows[2].results.reconstructionLoss.novel.toFixed(5)),
    true,
  );
  const curve = withCaption(statisticsCurve(rows), statisticsCaption(rows));
  const svg = await chartToSvg(curve);
  for (const text of ["seed 5", "precise", "novel", "top-10 agreement"]) {
    assertEquals(svg.includes(text), true, text);
  }
});

Deno.test("studyStatistics() takes stored statistics for what they are where training moved them on", async () => {
  // 36 images are three steps of 16 an epoch; 9 in all, and 3 passes.
  const moved = { ...model, batchesTracked: 9 + 3 };
  const rows = await Array.fromAsync(
    studyStatistics(moved, data, { ks: [5, 10] }),
  );
  assertEquals(rows.map(({ statistics }) => statistics), [
    ...["validation", "precise"],
  ]);
  const [stored] = await Array.fromAsync(
    studyStatistics({ ...model, batchesTracked: 9 }, data, { ks: [5, 10] }),
  );
  assertEquals(stored.statistics, "as-stored");
  assertEquals(
    rows[0].results.reconstructionLoss,
    stored.results.reconstructionLoss,
  );
  // As a file has that was written with precise ones.
  const precise = { ...model, batchesTracked: 3 };
  await assertRejects(
    () => Array.fromAsync(studyStatistics(precise, data, { ks: [5, 10] })),
    RangeError,
    "saw 3 batches, and it had 9 steps",
  );
});
