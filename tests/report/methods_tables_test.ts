import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { methodsTables } from "../../lib/report/methods_tables.ts";
import type { BenchmarkedModel } from "../../lib/studies/localization/benchmark.ts";
import { summariseSeeds } from "../../lib/studies/seeds/summary.ts";
import { estimateOf, mapScoresOf, resultsOf } from "../results_fixture.ts";

const detection = (auroc: number) => ({
  auroc: estimateOf(auroc),
  averagePrecision: 0.5,
  thresholds: [],
});

/** Invented; each map localizes blobs, and strokes better by 0.1. */
const localized = (
  settings: Partial<BenchmarkedModel>,
  maps: Record<string, number>,
): BenchmarkedModel => ({
  ...{ seed: 0, epochs: 10, normalClasses: [0, 1, 2, 3, 4], ...settings },
  scores: Object.fromEntries(
    Object.entries(maps).map(([map, auroc]) => [map, {
      blob: mapScoresOf(auroc),
      erased_stroke: mapScoresOf(auroc + 0.1),
    }]),
  ),
  detection: {
    "reconstruction loss": detection(0.7),
    "norm of the saliency map": detection(0.8),
    ...settings.model && { energy: detection(0.65) },
  },
});

const MAPS = {
  "reconstruction error": 0.6,
  "saliency": 0.5,
  "saliency × error": 0.7,
};
const run = (seed: number, model?: string) => {
  const results = resultsOf({ seed });
  return { ...results, settings: { ...results.settings, model } };
};
const rowsOf = (table: string) =>
  table.split("\n").slice(2).map((line) =>
    line.split("|").slice(1, -1).map((cell) => cell.trim())
  );

Deno.test("methodsTables() has a model's agreement, scores and best map; baselines are none of its maps", () => {
  const tables = methodsTables(
    summariseSeeds([run(0), run(0, "mixture")]),
    [
      // Of the paper's model, records did not always say so.
      localized({}, { ...MAPS, "brightness": 0.9 }),
      localized({ model: "mixture" }, { ...MAPS, "gradient of energy": 0.75 }),
    ],
  );
  const paper = ["convolutional", "0, 1, 2, 3, 4", "10", "0"];
  const mixture = paper.with(0, "mixture");
  const agreement = rowsOf(tables.agreement);
  assertEquals(agreement.map((row) => row.slice(0, 6)), [
    [...paper, "3.25", "2.00"],
    [...mixture, "3.25", "2.00"],
  ]);
  assertEquals(rowsOf(tables.detection), [
    [...paper, "0.700", "0.800", "–"],
    [...mixture, "0.700", "0.800", "energy 0.650"],
  ]);
  const maps = ["0.650", "0.550", "0.750"];
  assertEquals(rowsOf(tables.localization), [
    [...paper, ...maps, "saliency × error 0.750"],
    [...mixture, ...maps, "gradient of energy 0.800"],
  ]);
});

Deno.test("methodsTables() takes the mean over seeds, whatever their order in the record", () => {
  const summaries = summariseSeeds([run(1), run(0)]);
  const { localization } = methodsTables(summaries, [
    localized({ seed: 1 }, { ...MAPS, "saliency": 0.8 }),
    localized({}, MAPS),
  ]);
  const [row] = rowsOf(localization);
  assertEquals(row[3], "0, 1");
  assertEquals(row[5], "0.700 (0.550–0.850)");
  assertEquals(row.at(-1), "saliency × error 0.750 (0.750–0.750)");
});

Deno.test("methodsTables() names what differs from the exact gradient, which alone is localized", () => {
  const other = run(0);
  other.settings.gradient = "as-published";
  const { agreement, localization } = methodsTables(
    summariseSeeds([run(0), other]),
    [localized({}, MAPS)],
  );
  const names = rowsOf(agreement).map(([name]) => name);
  assertEquals(names, ["convolutional, as-published", "convolutional"]);
  assertEquals(rowsOf(localization).map((row) => row[4]), ["–", "0.650"]);
});

Deno.test("methodsTables() has dashes for a model that was not localized", () => {
  const summaries = summariseSeeds([run(0), run(0, "memory")]);
  const tables = methodsTables(summaries, [localized({}, MAPS)]);
  const own = (table: string) => rowsOf(table).map((row) => row.slice(4));
  assertEquals(own(tables.agreement)[1].slice(0, 2), ["3.25", "2.00"]);
  assertEquals(own(tables.detection)[0][0], "0.700");
  assertEquals(own(tables.detection)[1], Array(3).fill("–"));
  assertEquals(own(tables.localization)[1], Array(4).fill("–"));
});

for (
  const [part, value, message] of [
    ["model", "mixture", "the mixture autoencoder of seed 3, 10 epochs"],
    ["seed", 4, "seed 4"],
    ["epochs", 20, "20 epochs"],
    ["normalClasses", [5, 6], "normal classes 5, 6"],
    ["data", "fashion-mnist", "on fashion-mnist"],
    ["passes", "none", "passes none"],
  ] as const
) {
  Deno.test(`methodsTables() refuses a localization of another ${part}`, () => {
    const summaries = summariseSeeds([run(3, "memory")]);
    const good = { model: "memory", seed: 3 };
    const own = localized(good, MAPS);
    methodsTables(summaries, [own]);
    const other = localized({ ...good, [part]: value }, MAPS);
    const error = assertThrows(
      () => methodsTables(summaries, [own, other]),
      RangeError,
      "no results are of",
    );
    assertStringIncludes(error.message, message);
  });
}

Deno.test("methodsTables() refuses a localization that is given twice, which is no second seed", () => {
  const one = localized({}, MAPS);
  assertThrows(
    () => methodsTables(summariseSeeds([run(0), run(1)]), [one, one]),
    RangeError,
    "a localization is given twice",
  );
});

Deno.test("methodsTables() refuses a mean over seeds of which one was not localized", () => {
  assertThrows(
    () =>
      methodsTables(summariseSeeds([run(0), run(1)]), [localized({}, MAPS)]),
    RangeError,
    "not all seeds have a localization of the convolutional autoencoder",
  );
});
