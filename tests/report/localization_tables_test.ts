import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Detection } from "../../lib/studies/localization/detection.ts";
import type { LocalizationBenchmark } from "../../lib/studies/localization/benchmark.ts";
import {
  detectionTable,
  kindsTable,
  scoresTable,
} from "../../lib/report/localization_tables.ts";
import { estimateOf, mapScoresOf } from "../results_fixture.ts";

const plain = (table: string) => table.replaceAll(/ +/g, " ");
const benchmark = (auroc: number): LocalizationBenchmark => ({
  saliency: {
    blob: mapScoresOf(auroc, 0.1),
    erased_stroke: mapScoresOf(auroc + 0.2, 0.1),
  },
});

const detection = (auroc: number): Record<string, Detection> => ({
  loss: {
    auroc: estimateOf(auroc, 0.1),
    averagePrecision: 0.5,
    thresholds: [{ percentile: 95, threshold: 3, fpr: 0.06, tpr: 0.5 }],
  },
});

Deno.test("scoresTable() takes the mean over kinds, and the interval over models", () => {
  assertStringIncludes(
    plain(scoresTable([benchmark(0.6)])),
    "| saliency | 7 | 0.700 | 0.700 | 0.300 | 0.600 | 0.200 | 0.400 | 12.00 |",
  );
  const [header] = plain(scoresTable([benchmark(0.6)])).split("\n");
  assertStringIncludes(header, "| distance, pixels (low is good) |");
  assertEquals(header.split("low is good").length, 2);
  assertStringIncludes(
    plain(scoresTable([benchmark(0.5), benchmark(0.7)])),
    "| saliency | 7 | 0.700 (0.600–0.800) |",
  );
});

Deno.test("scoresTable() tells the range of images where kinds have different numbers", () => {
  const { saliency: { blob, ...others } } = benchmark(0.6);
  const some = { saliency: { ...others, blob: { ...blob, images: 3 } } };
  assertStringIncludes(
    plain(scoresTable([some])),
    "| saliency | 3–7 | 0.700 |",
  );
});

Deno.test("kindsTable() has words for synthetic anomalies, and names of defects as they are", () => {
  const kind = mapScoresOf(0.5, 0.1);
  const kinds = { erased_stroke: kind, MT_hole_big: kind, "a|<b>": kind };
  const [header] = plain(kindsTable([{ saliency: kinds }])).split("\n");
  assertEquals(header, "| map | erased stroke | MT_hole_big | a\\|\\<b> |");
});

Deno.test("kindsTable() has the interval over images of one model, over models of several", () => {
  const [header, , row] = plain(kindsTable([benchmark(0.6)])).split("\n");
  assertEquals(header, "| map | blob | erased stroke |");
  assertEquals(row, "| saliency | 0.600 (0.500–0.700) | 0.800 (0.700–0.900) |");
  assertStringIncludes(
    plain(kindsTable([benchmark(0.5), benchmark(0.6)])),
    "| saliency | 0.550 (0.500–0.600) |",
  );
});

Deno.test("detectionTable() shows the rates at every percentile", () => {
  const table = plain(detectionTable([detection(0.7)]));
  assertStringIncludes(table, "| FPR at 95 % | TPR |");
  assertStringIncludes(
    table,
    "| loss | 0.700 (0.600–0.800) | 0.500 | 0.060 | 0.500 |",
  );
  assertStringIncludes(
    plain(detectionTable([detection(0.7), detection(0.8)])),
    "| loss | 0.750 (0.700–0.800) |",
  );
});
