import { markdownTable } from "markdown-table";
import {
  type MeasureSummary,
  type SeedMean,
  type SeedSummary,
  shownK,
} from "../studies/seeds/summary.ts";
import { PRINTED } from "../studies/paper/reported.ts";

/**
 * A mean with its interval, as "2.31 (2.22–2.40)".
 *
 * @param value over seeds
 * @param digits after the point
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(meanText({ mean: 2, interval: { low: 1.5, high: 2.5 } }, 1), "2.0 (1.5–2.5)");
 * assertEquals(meanText({ mean: 2 }, 1), "2.0");
 * assertEquals(meanText({ mean: -0.01 }, 1), "0.0");
 * ```
 */
export function meanText(
  { mean, interval }: SeedMean,
  digits: number,
): string {
  const show = (value: number) =>
    // Nothing is below 0 that is shown as 0.
    value.toFixed(digits).replace(/^-(?=[0.]*$)/, "").replace("-", "−");
  if (!interval) return show(mean);
  const { low, high } = interval;
  const to = show(low).startsWith("−") ? " to " : "–";
  return `${show(mean)} (${show(low)}${to}${show(high)})`;
}

/**
 * Every measure of some models, normal beside novel images: mean over seeds
 * (95 % interval), difference, test and effect size; as a Markdown table.
 *
 * @param summary of models that differ in their seeds
 */
export function measuresTable(
  { model, normalClasses, measures, seeds }: SeedSummary,
): string {
  const p = (value: number) => value < 1e-4 ? "< 0.0001" : value.toFixed(4);
  const isPapers = model === "convolutional" &&
    String(normalClasses) === PAPER_CLASSES;
  const rows = measures.map(({ measure, digits, difference, ...groups }) => [
    measure,
    isPapers ? printed(measure) : "–",
    meanText(groups.normal, digits),
    meanText(groups.novel, digits),
    meanText(difference, digits),
    ...seeds.length > 1
      ? [
        p(difference.p),
        p(difference.adjustedP),
        difference.effect?.toFixed(1).replace("-", "−") ?? "–",
      ]
      : [],
  ]);
  const tests = seeds.length > 1 ? ["p", "p (Holm)", "d_z"] : [];
  return markdownTable([
    ["", "paper", "normal", "novel", "novel − normal", ...tests],
    ...rows,
  ], { align: ["l", ...Array(4 + tests.length).fill("r")] });
}

/** The paper's numbers are of these normal digits. */
const PAPER_CLASSES = "0,1,2,3,4";

/** What the paper prints of a measure, "normal / novel". */
function printed(measure: MeasureSummary["measure"]): string {
  const found = PRINTED.find(({ what }) => what === measure);
  if (!found) return "–";
  const { paper, digits } = found;
  return `${paper.normal.toFixed(digits)} / ${paper.novel.toFixed(digits)}`;
}

/**
 * How agreement and distance change as training goes on, a line a number of
 * epochs, as a Markdown table.
 *
 * @param summaries of one split and gradient
 */
export function courseTable(summaries: readonly SeedSummary[]): string {
  const k = shownK(Object.keys(summaries[0].agreementEffect).map(Number));
  const names = [
    `share with top-${k} agreement ${Math.floor(k / 2) + 1}–${k}`,
    `mean top-${k} agreement, pixels`,
    `mean maximum distance, K = ${k}, pixels`,
  ];
  const rows = summaries.map(({ epochs, seeds, measures, agreementEffect }) => [
    String(epochs),
    String(seeds.length),
    ...names.flatMap((name) => {
      const { normal, novel, digits } = measures.find(({ measure }) =>
        measure === name
      )!;
      return [meanText(normal, digits), meanText(novel, digits)];
    }),
    meanText(agreementEffect[k], 2),
  ]);
  return markdownTable([
    [
      "epochs",
      "seeds",
      ...names.flatMap((name) => [`${name}: normal`, "novel"]),
      "novel agree more (rank-biserial)",
    ],
    ...rows,
  ], { align: Array(3 + 2 * names.length).fill("r") });
}

/**
 * Different models and splits side by side, a line each, as a Markdown table.
 *
 * @param summaries of the same K, 10 among them
 */
export function modelsTable(summaries: readonly SeedSummary[]): string {
  const names = [
    "share with top-10 agreement 6–10",
    "mean top-10 agreement, pixels",
    "mean maximum distance, K = 10, pixels",
  ];
  const rows = summaries.map((summary) => [
    summary.model,
    summary.normalClasses.join(""),
    String(summary.epochs),
    ...names.flatMap((name) => {
      const { normal, novel, digits } = summary.measures.find(({ measure }) =>
        measure === name
      )!;
      return [meanText(normal, digits), meanText(novel, digits)];
    }),
    meanText(summary.auroc, 3),
    summary.findings
      .filter(({ holds }) => holds === summary.seeds.length)
      .map(({ claim }) => claim.split(":")[0]).join(" "),
  ]);
  return markdownTable([
    [
      "autoencoder",
      "normal digits",
      "epochs",
      ...names.flatMap((name) => [`${name}: normal`, "novel"]),
      "AUROC of r̄",
      "findings that hold",
    ],
    ...rows,
  ], { align: ["l", "l", ...Array(2 + 2 * names.length).fill("r"), "l"] });
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
