import { markdownTable } from "markdown-table";
import { ANOMALIES } from "../data/anomalies/mod.ts";
import { escapeMarkdown } from "./escape_markdown.ts";
import type { Detection } from "../studies/localization/detection.ts";
import { seedMean } from "../studies/seeds/summary.ts";
import type { LocalizationBenchmark } from "../studies/localization/benchmark.ts";
import {
  LOCALIZATION_SCORES,
  meanOverKinds,
} from "../studies/localization/scores.ts";
import { meanText } from "../statistics/estimate.ts";

const COLUMNS = LOCALIZATION_SCORES.filter(({ inTables }) => inTables);

const right = (columns: number) => [
  "l",
  ...Array<string>(columns).fill("r"),
];

/**
 * Every score of every map, the mean over the kinds of anomaly, as a Markdown
 * table; of several models their mean with its 95 % interval.
 *
 * @param benchmarks one a model, of the same maps
 */
export function scoresTable(
  benchmarks: readonly LocalizationBenchmark[],
): string {
  const rows = Object.keys(benchmarks[0]).map((map) => [
    map,
    rangeText(Object.values(benchmarks[0][map]).map(({ images }) => images)),
    ...COLUMNS.map(({ id, digits }) =>
      meanText(
        seedMean(
          benchmarks.map((benchmark) => meanOverKinds(benchmark[map], id)),
        ),
        digits,
      )
    ),
  ]);
  return markdownTable([
    [
      "map",
      "images a kind",
      ...COLUMNS.map(({ label, lowIsGood }) =>
        lowIsGood ? `${label} (low is good)` : label
      ),
    ],
    ...rows,
  ], { align: right(1 + COLUMNS.length) });
}

/** Whole numbers as their range, or as one where all are the same. */
function rangeText(numbers: readonly number[]): string {
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  return least === most ? String(least) : `${least}–${most}`;
}

/**
 * The pixel AUROC of every map for each kind of anomaly, as a Markdown table:
 * of one model with its interval over images, of several their mean with its
 * interval over models.
 *
 * @param benchmarks one a model, of the same maps
 */
export function kindsTable(
  benchmarks: readonly LocalizationBenchmark[],
): string {
  const kinds = Object.keys(Object.values(benchmarks[0])[0]);
  const cell = (map: string, kind: string) => {
    const estimates = benchmarks.map((benchmark) =>
      benchmark[map][kind].pixelAuroc
    );
    return benchmarks.length === 1
      ? meanText(estimates[0], 3)
      : meanText(seedMean(estimates.map(({ mean }) => mean)), 3);
  };
  return markdownTable([
    ["map", ...kinds.map(kindText)],
    ...Object.keys(benchmarks[0]).map((map) => [
      map,
      ...kinds.map((kind) => cell(map, kind)),
    ]),
  ], { align: right(kinds.length) });
}

/** Words for the kinds that are made; those of real defects have their names. */
const kindText = (kind: string) =>
  Object.hasOwn(ANOMALIES, kind)
    ? kind.replaceAll("_", " ")
    : escapeMarkdown(kind);

/**
 * How well each score detects novel images, as a Markdown table; of several
 * models the means with their 95 % intervals.
 *
 * @param detections by score, one record a model, with the same percentiles
 */
export function detectionTable(
  detections: readonly Record<string, Detection>[],
): string {
  const [first] = detections;
  const { thresholds } = Object.values(first)[0];
  const rows = Object.keys(first).map((score) => {
    const over = (of: (detection: Detection) => number) =>
      meanText(seedMean(detections.map((each) => of(each[score]))), 3);
    return [
      score,
      detections.length === 1
        ? meanText(first[score].auroc, 3)
        : over(({ auroc }) => auroc.mean),
      over(({ averagePrecision }) => averagePrecision),
      ...thresholds.flatMap((_, i) => [
        over(({ thresholds }) => thresholds[i].fpr),
        over(({ thresholds }) => thresholds[i].tpr),
      ]),
    ];
  });
  return markdownTable([
    [
      "score",
      "AUROC",
      "average precision",
      ...thresholds.flatMap(({ percentile }) => [
        `FPR at ${percentile} %`,
        "TPR",
      ]),
    ],
    ...rows,
  ], { align: right(2 + 2 * thresholds.length) });
}
