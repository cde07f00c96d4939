import { markdownTable } from "markdown-table";
import { escapeMarkdown } from "./escape_markdown.ts";

/** How well a run's loss detects novel images. */
export interface LeftOut {
  /** What tables call the run. */
  name: string;
  /** AUROC of the loss over all test images. */
  auroc: number;
  /** The same without the images of a class, by label. */
  without: ReadonlyMap<number, number>;
}

/**
 * AUROC of the loss without the images of each class, a column a run, as a
 * Markdown table.
 *
 * @param runs from `aurocWithoutClass`, at least one
 * @param names of all classes
 */
export function leftOutTable(
  runs: readonly LeftOut[],
  names: readonly string[],
): string {
  const labels = [
    ...new Set(runs.flatMap(({ without }) => [...without.keys()])),
  ];
  const text = (auroc: number | undefined) => auroc?.toFixed(3) ?? "–";
  return markdownTable([
    ["left out", ...runs.map(({ name }) => escapeMarkdown(name))],
    ["none", ...runs.map(({ auroc }) => text(auroc))],
    ...labels.toSorted((a, b) => a - b).map((label) => [
      escapeMarkdown(names[label]),
      ...runs.map(({ without }) => text(without.get(label))),
    ]),
  ], { align: ["l", ...runs.map(() => "r")] });
}
