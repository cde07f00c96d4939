import { markdownTable } from "markdown-table";
import type { Detection } from "../studies/localization/detection.ts";
import { seedMean } from "../studies/seeds/summary.ts";
import {
  type MapScores,
  meanOverKinds,
  type Race,
} from "../studies/localization/benchmark.ts";
import { meanText } from "../statistics/estimate.ts";

/** What is shown of a map's scores, and with how many digits. */
const SCORES: {
  name: string;
  of: (scores: MapScores) => number;
  digits?: number;
}[] = [
  { name: "pixel AUROC", of: ({ pixelAuroc }) => pixelAuroc.mean },
  { name: "pooled AUROC", of: ({ pooledAuroc }) => pooledAuroc },
  {
    name: "average precision",
    of: ({ averagePrecision }) => averagePrecision.mean,
  },
  { name: "AUPRO", of: ({ aupro }) => aupro },
  { name: "top-K precision", of: ({ topKPrecision }) => topKPrecision.mean },
  { name: "pointing game", of: ({ pointingGame }) => pointingGame.mean },
  {
    name: "distance, pixels (low is good)",
    of: ({ maskDistance }) => maskDistance.mean,
    digits: 2,
  },
];

const right = (columns: number) => [
  "l",
  ...Array<string>(columns).fill("r"),
];

/**
 * Every score of every map, the mean over the kinds of anomaly, as a Markdown
 * table; of several models their mean with its 95 % interval.
 *
 * @param races one a model, of the same maps
 */
export function scoresTable(races: readonly Race[]): string {
  const rows = Object.keys(races[0]).map((map) => [
    map,
    String(Object.values(races[0][map])[0].images),
    ...SCORES.map(({ of, digits = 3 }) =>
      meanText(
        seedMean(races.map((race) => meanOverKinds(race[map], of))),
        digits,
      )
    ),
  ]);
  return markdownTable([
    ["map", "images a kind", ...SCORES.map(({ name }) => name)],
    ...rows,
  ], { align: right(1 + SCORES.length) });
}

/**
 * The pixel AUROC of every map for each kind of anomaly, as a Markdown table:
 * of one model with its interval over images, of several their mean with its
 * interval over models.
 *
 * @param races one a model, of the same maps
 */
export function kindsTable(races: readonly Race[]): string {
  const kinds = Object.keys(Object.values(races[0])[0]);
  const cell = (map: string, kind: string) => {
    const estimates = races.map((race) => race[map][kind].pixelAuroc);
    return races.length === 1
      ? meanText(estimates[0], 3)
      : meanText(seedMean(estimates.map(({ mean }) => mean)), 3);
  };
  return markdownTable([
    ["map", ...kinds.map((kind) => kind.replace("_", " "))],
    ...Object.keys(races[0]).map((map) => [
      map,
      ...kinds.map((kind) => cell(map, kind)),
    ]),
  ], { align: right(kinds.length) });
}

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
