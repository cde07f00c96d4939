import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { resultsOf } from "../results_fixture.ts";
import type { Results } from "../../lib/studies/agreement/results.ts";
import {
  classTable,
  layerTable,
  resultsTable,
} from "../../lib/report/results_table.ts";
import { chanceDistance } from "../../lib/metrics/best_match.ts";
import { randomStream } from "../../lib/support/random.ts";

const pair = <T>(normal: T, novel: T) => ({ normal, novel });

/** No measure is the same for both groups. */
const results: Results = {
  settings: {
    data: "mnist-data",
    normalClasses: [0, 1, 2, 3, 4],
    k: [5, 7],
    gradient: "exact",
  },
  counts: pair(4, 5),
  agreement: {
    5: pair([2, 0, 0, 2, 0, 0], [4, 0, 0, 1, 0, 0]),
    7: pair([0, 0, 0, 0, 4, 0, 0, 0], [0, 0, 3, 0, 2, 0, 0, 0]),
  },
  meanAgreement: { 5: pair(1.5, 0.6), 7: pair(4, 2.8) },
  chanceAgreement: { 5: 25 / 784, 7: 49 / 784 },
  maxDistance: { 5: pair(8.5, 9.25), 7: pair(9.5, 10.5) },
  mapMse: {
    saliency: pair(0.03, 0.04),
    squaredSaliency: pair(0.007, 0.008),
  },
  reconstructionLoss: pair(0.002, 0.003),
  auroc: 0.75,
};

const linesOf = (run: Results) =>
  resultsTable(run).replaceAll(/ +/g, " ").split("\n");

Deno.test("resultsTable() puts the paper's numbers beside the run's, normal beside novel in every row", () => {
  const [header, , ...rows] = linesOf(results);
  assertEquals(
    header,
    "| | paper: normal | novel | this run: normal | novel | chance |",
  );
  assertEquals(rows, [
    "| images with top-5 agreement 3–5 | 0.26 | 0.19 | 0.500 | 0.200 | – |",
    "| most frequent top-5 agreement | – | – | 0 | 0 | – |",
    "| mean top-5 agreement, pixels | – | – | 1.50 | 0.60 | 0.03 |",
    "| mean maximum distance, K = 5, pixels | 8.28 | 9.25 | 8.50 | 9.25 | 11.6 |",
    "| images with top-7 agreement 4–7 | – | – | 1.000 | 0.400 | – |",
    "| most frequent top-7 agreement | – | – | 4 | 2 | – |",
    "| mean top-7 agreement, pixels | – | – | 4.00 | 2.80 | 0.06 |",
    "| mean maximum distance, K = 7, pixels | – | – | 9.50 | 10.50 | 10.6 |",
    "| MSE, saliency and error map | 0.0303 | 0.0305 | 0.0300 | 0.0400 | – |",
    "| MSE, squared saliency and error map | 0.0071 | 0.0072 | 0.0070 | 0.0080 | – |",
    "| mean reconstruction loss | – | – | 0.00200 | 0.00300 | – |",
  ]);
});

for (
  const [name, other] of Object.entries({
    "other normal digits": { normalClasses: [8] },
    "other data": { data: "mnist" },
    "another autoencoder": { model: "dense" },
    "a model that learnt something else": { learnt: "0 of mnist" },
  })
) {
  Deno.test(`resultsTable() has no column of the paper beside ${name}`, () => {
    const settings = { ...results.settings, ...other };
    const lines = linesOf({ ...results, settings });
    assertEquals(lines[0], "| | this run: normal | novel | chance |");
    assertStringIncludes(
      lines[2],
      "| images with top-5 agreement 3–5 | 0.500 | 0.200 | – |",
    );
    assert(!lines.join().includes("paper"));
  });
}

Deno.test("classTable() counts the images of each digit in both files", () => {
  const of = (labels: number[]) => ({
    ...{
      height: 1,
      width: 1,
      channels: 1,
      pixels: new Uint8Array(labels.length),
    },
    labels: Uint8Array.from(labels),
  });
  const lines = classTable(of([0, 1, 1, 9, 9, 9]), of([9, 1, 0, 0]), [0, 9])
    .replaceAll(/ +/g, " ").split("\n");
  assertEquals(lines.length, 2 + 10);
  assertEquals(lines.slice(2, 5), [
    "| 0 | normal | 1 | 2 |",
    "| 1 | novel | 2 | 1 |",
    "| 2 | novel | 0 | 0 |",
  ]);
  assertEquals(lines.at(-1), "| 9 | normal | 3 | 1 |");
  const tiles = classTable(of([0, 0]), of([1]), [0], ["good", "crack"])
    .replaceAll(/ +/g, " ").split("\n");
  assertEquals(tiles.slice(2), [
    "| good | normal | 2 | 0 |",
    "| crack | novel | 0 | 1 |",
  ]);
});

Deno.test("resultsTable() has the authors' own numbers between the paper's and the run's, where both have the K", () => {
  const authors = resultsOf(
    { seed: 0, normalClasses: [0, 1, 2, 3, 4] },
    { distance: { normal: 8.34, novel: 9.13 } },
  );
  const ofTen = resultsOf({ seed: 1 });
  const settings = { ...ofTen.settings, data: "mnist-data", k: [10, 2] };
  const run = {
    ...ofTen,
    agreement: {
      ...ofTen.agreement,
      2: { normal: [0, 4, 0], novel: [4, 0, 0] },
    },
    meanAgreement: { ...ofTen.meanAgreement, 2: { normal: 1, novel: 0 } },
    chanceAgreement: { ...ofTen.chanceAgreement, 2: 4 / 784 },
    maxDistance: { ...ofTen.maxDistance, 2: { normal: 1, novel: 2 } },
  };
  const lines = resultsTable({ ...run, settings }, authors)
    .replaceAll(/ +/g, " ").split("\n");
  assertEquals(
    lines[0],
    "| | paper: normal | novel | authors' weights, exact: normal | novel | this run: normal | novel | chance |",
  );
  assertEquals(
    lines.find((line) => line.includes("distance, K = 10")),
    "| mean maximum distance, K = 10, pixels | 8.14 | 8.90 | 8.34 | 9.13 | 8.00 | 9.00 | 9.5 |",
  );
  assertStringIncludes(
    lines.find((line) => line.includes("distance, K = 2"))!,
    "| – | – | – | – | 1.00 | 2.00 |",
  );
  const other = { ...settings, normalClasses: [3] };
  assertEquals(
    resultsTable({ ...run, settings: other }, authors).includes("authors"),
    false,
  );
});

Deno.test("resultsTable() has the chance of the image's own width and height", () => {
  // Ten rows of 5 pixels; K = 1.
  const one = { normal: [0, 4], novel: [4, 0] };
  const both = { normal: 1, novel: 2 };
  const run = resultsOf({ seed: 1 });
  const lines = resultsTable({
    ...run,
    settings: { ...run.settings, k: [1], width: 5 },
    agreement: { 1: one },
    meanAgreement: { 1: both },
    chanceAgreement: { 1: 1 / 50 },
    maxDistance: { 1: both },
  });
  const chance = chanceDistance(1, { width: 5, height: 10 }, {
    random: randomStream(0, "figure"),
  });
  const row = lines.split("\n").find((line) => line.includes("distance"))!;
  assertEquals(row.split("|").at(-2)!.trim(), chance.toFixed(1));
});

Deno.test("layerTable() has a row a layer, and the sum of their parameters", () => {
  const rows = [
    { name: "a", kind: "convolution", output: [14, 14, 4], parameters: 36 },
    { name: "b", kind: "dense", output: [10], parameters: 7850 },
  ];
  const lines = layerTable(rows).replaceAll(/ +/g, " ").split("\n");
  assertEquals(lines.slice(2), [
    "| a | convolution | 14×14×4 | 36 |",
    "| b | dense | 10 | 7850 |",
    "| all | | | 7886 |",
  ]);
});
