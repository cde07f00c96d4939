import { markdownTable } from "markdown-table";
import { DIGITS } from "../data/mnist_data.ts";
import { escapeMarkdown } from "./escape_markdown.ts";

/** How well a novelty score detects novel images, with and without each class. */
export interface LeftOut {
  /** What tables call the score, or the run whose loss it is. */
  name: string;
  /** AUROC over all test images. */
  auroc: number;
  /** The same without the images of a class, by label. */
  without: Readonly<Record<number, number>>;
}

/**
 * AUROC without the images of each class, a column a score, as a Markdown table.
 *
 * @param runs from `aurocWithoutClass`, at least one
 * @param names of all classes (default: the ten digits)
 */
export function leftOutTable(
  runs: readonly LeftOut[],
  names: readonly string[] = DIGITS,
): string {
  const labels = Object.keys(
    Object.assign({}, ...runs.map(({ without }) => without)),
  ).map(Number);
  const text = (auroc: number | undefined) => auroc?.toFixed(3) ?? "–";
  return markdownTable([
    ["left out", ...runs.map(({ name }) => escapeMarkdown(name))],
    ["none", ...runs.map(({ auroc }) => text(auroc))],
    ...labels.map((label) => [
      escapeMarkdown(names[label]),
      ...runs.map(({ without }) => text(without[label])),
    ]),
  ], { align: ["l", ...runs.map(() => "r")] });
}
