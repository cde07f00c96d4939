import { markdownTable } from "markdown-table";
import type { ArrayComparison } from "../studies/paper/authors_arrays.ts";

/**
 * On how many images ours is the authors' own number, as a Markdown table.
 *
 * @param comparisons one a measure
 */
export function arraysTable(comparisons: readonly ArrayComparison[]): string {
  const rows = comparisons.map((
    { what, equal, images, tolerance, largest },
  ) => [
    what,
    `${equal} of ${images}`,
    tolerance === 0 ? "exactly" : `to ${tolerance}`,
    largest === 0 ? "0" : largest.toPrecision(2),
  ]);
  return markdownTable([
    [
      "as published, beside the authors' arrays",
      "equal",
      "",
      "largest difference",
    ],
    ...rows,
  ], { align: ["l", "r", "l", "r"] });
}
