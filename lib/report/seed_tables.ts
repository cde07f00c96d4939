import { markdownTable } from "markdown-table";
import { classNames } from "./class_names.ts";
import { escapeMarkdown } from "./escape_markdown.ts";
import {
  findingCounts,
  type SeedMean,
  type SeedSummary,
  shownK,
  smallestP,
  summaryOf,
} from "../studies/seeds/summary.ts";
import { GROUPS } from "../studies/agreement/groups.ts";
import type { MeasurePlace } from "../studies/seeds/place.ts";
import { findingNumber } from "../studies/paper/findings.ts";
import { meanText, numberText } from "../statistics/estimate.ts";
import { isPaperExperiment, REPORTED } from "../studies/paper/reported.ts";
import { type MeasureId, measureOf } from "../studies/agreement/measures.ts";

/**
 * Every measure of some models, normal beside novel images: mean over seeds
 * (95 % interval), difference, test and effect size; as a Markdown table. The
 * paper's numbers stand beside models of its own experiment only.
 *
 * @param summary of models that differ in their seeds
 */
export function measuresTable(summary: SeedSummary): string {
  const { measures, seeds } = summary;
  const isPapers = isPaperExperiment(summary);
  const hasTests = seeds.length > 1;
  const rows = measures.map((
    { id, measure, digits, difference, ...groups },
  ) => [
    measure,
    ...isPapers ? [reportedText(id)] : [],
    meanText(groups.normal, digits),
    meanText(groups.novel, digits),
    meanText(difference, digits),
    ...hasTests
      ? [
        pText(difference.p),
        pText(difference.adjustedP),
        difference.effect === null ? "–" : numberText(difference.effect, 1),
      ]
      : [],
  ]);
  const header = [
    "",
    ...isPapers ? ["paper"] : [],
    ...["normal", "novel", "novel − normal"],
    ...hasTests ? ["p", "p (Holm)", "d_z"] : [],
  ];
  return markdownTable([header, ...rows], {
    align: ["l", ...Array(header.length - 1).fill("r")],
  });
}

/**
 * Where another model lies among models that differ in their seeds, a line a
 * measure and group, as a Markdown table.
 *
 * @param places from {@linkcode placesAmong}
 * @param name whose the other model is, for the heading
 * @param seeds how many
 */
export function placesTable(
  places: readonly MeasurePlace[],
  { name, seeds }: { name: string; seeds: number },
): string {
  const rows = places.flatMap(({ measure, digits, ...groups }) =>
    GROUPS.map((group) => {
      const { value, mean, lowest, highest, below } = groups[group];
      return [
        ...[measure, group, value.toFixed(digits)],
        meanText({ mean, low: lowest, high: highest }, digits),
        `${below} of ${seeds}`,
      ];
    })
  );
  const header = ["", "images", name, "mean over seeds (range)", "seeds below"];
  return markdownTable([header, ...rows], { align: [..."llrrr"] });
}

/** Below what four digits can show, only that it is below. */
const pText = (p: number) => p < 1e-4 ? "< 0.0001" : p.toFixed(4);

/** What the paper prints of a measure, "normal / novel". */
function reportedText(id: MeasureId): string {
  const reported = REPORTED[id];
  if (!reported) return "–";
  const { normal, novel, digits } = reported;
  return `${normal.toFixed(digits)} / ${novel.toFixed(digits)}`;
}

/** Measures of one K that the tables of several summaries show. */
const shownMeasures = (k: number): MeasureId[] => [
  `majority-share@${k}`,
  `mean-agreement@${k}`,
  `max-distance@${k}`,
];

/** Both groups of some measures, two cells each. */
const groupCells = (summary: SeedSummary, ids: readonly MeasureId[]) =>
  ids.flatMap((id) => {
    const { normal, novel, digits } = summaryOf(summary, id);
    return [meanText(normal, digits), meanText(novel, digits)];
  });

/** The headers of {@linkcode groupCells}. */
const groupHeaders = (ids: readonly MeasureId[]) =>
  ids.flatMap((id) => [`${measureOf(id).label}: normal`, "novel"]);

/**
 * How agreement and distance change as training goes on, a line a number of
 * epochs, as a Markdown table.
 *
 * @param summaries of one split and gradient
 */
export function epochTable(summaries: readonly SeedSummary[]): string {
  const k = shownK(Object.keys(summaries[0].agreementEffect).map(Number));
  const ids = shownMeasures(k);
  const rows = summaries.map((summary) => [
    String(summary.epochs),
    String(summary.seeds.length),
    ...groupCells(summary, ids),
    meanText(summary.agreementEffect[k], 2),
  ]);
  return markdownTable([
    [
      "epochs",
      "seeds",
      ...groupHeaders(ids),
      "novel agree more (rank-biserial)",
    ],
    ...rows,
  ], { align: Array(3 + 2 * ids.length).fill("r") });
}

/** The headers of {@linkcode namingCells}. */
export const NAMING_HEADERS = ["autoencoder", "normal", "epochs", "seeds"];

/** What tells a line of models from the others: four cells. */
export function namingCells(
  { model, normalClasses, classes, epochs, seeds, ...others }: SeedSummary,
): string[] {
  const { gradient, statistics, passes, learnt } = others;
  return [
    [
      model,
      ...gradient === "exact" ? [] : [gradient],
      ...statistics ? [statistics] : [],
      ...passes ? [`passes ${passes}`] : [],
      ...learnt ? [`learnt ${escapeMarkdown(learnt)}`] : [],
    ].join(", "),
    escapeMarkdown(classNames(normalClasses, classes)),
    String(epochs),
    seeds.join(", "),
  ];
}

/**
 * The numbers of the findings that hold in every seed, as text.
 *
 * @param summary of one model, or of several that differ in their seeds
 * @returns "2, 4, 6"; "only 6", which alone could be taken for how many hold; "–"
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const findings = [{ claim: "1: …", holds: 1 }, { claim: "2: …", holds: 2 }];
 * assertEquals(heldFindings({ findings, seeds: [0, 1] }), "only 2");
 * ```
 */
export function heldFindings(
  { findings, seeds }: Pick<SeedSummary, "findings" | "seeds">,
): string {
  const held = findings.filter(({ holds }) => holds === seeds.length)
    .map(findingNumber);
  return held.length === 1 ? `only ${held}` : held.join(", ") || "–";
}

/**
 * Different models and splits side by side, a line each, as a Markdown table.
 *
 * @param summaries of the same K, 10 among them
 */
export function modelsTable(summaries: readonly SeedSummary[]): string {
  const ids = shownMeasures(10);
  const rows = summaries.map((summary) => [
    ...namingCells(summary),
    ...groupCells(summary, ids),
    meanText(summary.auroc, 3),
    heldFindings(summary),
  ]);
  return markdownTable([
    [
      ...NAMING_HEADERS,
      ...groupHeaders(ids),
      "AUROC of r̄",
      "findings that hold",
    ],
    ...rows,
  ], { align: ["l", "l", ...Array(3 + 2 * ids.length).fill("r"), "l"] });
}

/**
 * In how many seeds each finding of the paper holds, a column a number of
 * epochs, as a Markdown table.
 *
 * @param summaries of one split and gradient, with K = 10
 */
export function findingsTable(summaries: readonly SeedSummary[]): string {
  const claims = summaries[0].findings.map(({ claim }) => claim);
  return markdownTable([
    ["finding", ...summaries.map(({ epochs }) => `epoch ${epochs}`)],
    ...claims.map((claim, i) => [
      claim,
      ...summaries.map(({ findings, seeds }) =>
        `${findings[i].holds} of ${seeds.length}`
      ),
    ]),
  ], { align: ["l", ...Array(summaries.length).fill("r")] });
}

/**
 * In how many models each finding of the paper holds (in all of their seeds), as
 * a Markdown table.
 *
 * @param summaries one a model
 */
export function findingCountsTable(summaries: readonly SeedSummary[]): string {
  return markdownTable([
    ["finding", "holds in"],
    ...findingCounts(summaries).map(({ claim, models }) => [
      claim,
      `${models} of ${summaries.length}`,
    ]),
  ], { align: ["l", "r"] });
}

/**
 * What several seeds say of the paper's findings, as the points of a Markdown
 * list.
 *
 * @param summary of models that differ in their seeds
 */
export function seedFindings(summary: SeedSummary): string {
  const { findings, seeds, epochs, agreementEffect } = summary;
  const holdingIn = (count: number) =>
    findings.filter(({ holds }) => holds === count).map(({ claim }) => claim)
      .join("; ");
  const effect =
    agreementEffect[shownK(Object.keys(agreementEffect).map(Number))];
  return [
    `- After ${epochs} epochs these findings hold in all seeds (${seeds.length}): ${
      holdingIn(seeds.length) || "none"
    }.`,
    ...holdingIn(0) ? [`- These hold in no seed: ${holdingIn(0)}.`] : [],
    "- The paper finds that novel images agree less than normal ones, and _expects_ " +
    "that the difference is significant. Here the effect over images, the rank-biserial correlation, is " +
    `${meanText(effect, 2)}: ${effectVerdict(effect, seeds.length)}.`,
  ].join("\n");
}

/** What the interval over seeds says, as far as so many seeds can. */
function effectVerdict({ low, high }: SeedMean, seeds: number): string {
  if (low === undefined || high === undefined) {
    return "one seed has no interval";
  }
  if (low <= 0 && high >= 0) return "the seeds do not decide it";
  const direction = `novel images agree **${high < 0 ? "less" : "more"}**`;
  const floor = smallestP(seeds);
  return floor > 0.05
    ? `${direction} in these seeds, which are too few for a test (its p cannot ` +
      `be below ${floor.toFixed(2)})`
    : direction;
}
