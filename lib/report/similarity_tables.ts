import { markdownTable } from "markdown-table";
import { type Estimate, meanText, numberText } from "../statistics/estimate.ts";
import {
  likenessOf,
  partedRows,
  type SanityRow,
} from "../studies/sanity/randomization.ts";
import type { MeasureRow } from "../studies/similarity/comparison.ts";

const text = (estimate: Estimate) => meanText(estimate, 3);

/**
 * What each measure says of saliency and error maps, as a Markdown table.
 *
 * @param rows one a measure
 */
export function measureTable(rows: readonly MeasureRow[]): string {
  return markdownTable([
    [
      "measure",
      "normal images",
      "novel images",
      "maps of different images",
      "AUROC, same image against different",
    ],
    ...rows.map(({ measure, normal, novel, mismatched, separation }) => [
      measure,
      text(normal),
      text(novel),
      text(mismatched),
      separation.toFixed(3),
    ]),
  ], { align: ["l", "r", "r", "r", "r"] });
}

/**
 * A square of correlations as a Markdown table.
 *
 * @param correlations by row and column
 */
export function correlationTable(
  correlations: Record<string, Record<string, number | null>>,
): string {
  const names = Object.keys(correlations);
  return markdownTable([
    ["", ...names],
    ...names.map((row) => [
      row,
      ...names.map((column) => {
        const value = correlations[row][column];
        return value === null ? "–" : numberText(value, 2);
      }),
    ]),
  ], { align: ["l", ...names.map(() => "r")] });
}

/**
 * How alike one map stays, as a Markdown table: a line a layer
 * randomised, then the baselines.
 *
 * @param rows from `sanityCheck`
 * @param map "saliency", "error" or another that was checked
 */
export function sanityTable(
  rows: readonly SanityRow[],
  map: string,
): string {
  const measures = Object.keys(likenessOf(rows[0], map));
  return markdownTable([
    ["random from the output down to", ...measures],
    ...rows.map((row) => [
      row.name,
      ...measures.map((measure) => text(likenessOf(row, map)[measure])),
    ]),
  ], { align: ["l", ...measures.map(() => "r")] });
}

/**
 * What is left of a map when layers are random, as a point of a Markdown list.
 *
 * @param rows from `sanityCheck`, with its baselines
 * @param map "saliency", "error" or another that was checked
 */
export function sanityFinding(rows: readonly SanityRow[], map: string): string {
  const { randomised, edges } = partedRows(rows);
  const of = (measure: string, show: (mean: number) => string) =>
    [randomised[0], randomised[randomised.length - 1], edges]
      .map((row) => show(likenessOf(row, map)[measure].mean));
  const [one, all, plain] = of(
    "top-10 agreement",
    (share) => `${(100 * share).toFixed(0)} %`,
  );
  const [first, whole, edge] = of(
    "Spearman, absolute values",
    (mean) => numberText(mean, 2),
  );
  return `- Of the ten brightest pixels of the ${map} map ${one} stay where they ` +
    `were with a random output layer, ${all} with all layers random; plain edges ` +
    `have ${plain} of them. The rank correlation with the map as it was is ` +
    `${first} with a random output layer and ${whole} with all layers random, ` +
    `that of edges ${edge}.`;
}

/**
 * How well measures of likeness tell the two maps of one image from maps of
 * different images, from the best on, and which are better than the one that
 * the paper chose, as a point of a Markdown list.
 *
 * @param rows one a measure, top-K agreement among them
 */
export function separationFinding(rows: readonly MeasureRow[]): string {
  const sorted = rows.toSorted((a, b) => b.separation - a.separation);
  const ranked = sorted
    .map(({ measure, separation }) => `${measure} ${separation.toFixed(3)}`);
  const chosen = sorted.findIndex(({ measure }) => measure.startsWith("top-"));
  const better = sorted.slice(0, chosen).map(({ measure }) => measure);
  return "- Of the measures of likeness, from the one that tells the two maps of " +
    `one image best from maps of different images (AUROC): ${
      ranked.join(", ")
    }. Better than the top-K agreement that the paper chose, of those that it ` +
    `set aside: ${better.join(", ") || "none"}.`;
}
