import { markdownTable } from "markdown-table";
import { type Estimate, meanText } from "../statistics/estimate.ts";
import { likenessOf, type SanityRow } from "../studies/sanity/randomization.ts";
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
      ...names.map((column) =>
        correlations[row][column]?.toFixed(2).replace("-", "−") ?? "–"
      ),
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
