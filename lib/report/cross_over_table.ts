import { markdownTable } from "markdown-table";
import { escapeMarkdown } from "./escape_markdown.ts";
import { numberText } from "../statistics/estimate.ts";
import { type ClassMeasure, classTest } from "../studies/agreement/by_class.ts";
import {
  type CrossedRuns,
  crossOver,
  noveltyEffect,
} from "../studies/agreement/cross_over.ts";

/**
 * What novelty adds to the top-K agreement of the same class, a line a pair of
 * runs, as a Markdown table: to the share of images that agree on more than half
 * of the pixels, and in brackets to the mean pixels.
 *
 * @param pairs as {@linkcode crossOver} takes them
 * @throws {RangeError} when the runs of a pair are not crossed
 */
export function crossOverTable(pairs: readonly CrossedRuns[]): string {
  const rows = pairs.map(([run, other]) => {
    const crossed = crossOver(run.classes, other.classes);
    const effect = (measure: ClassMeasure, digits: number) =>
      numberText(noveltyEffect(crossed, measure), digits);
    const p = (measure: ClassMeasure) => classTest(crossed, measure).toFixed(3);
    return [
      ...[run, other].map(({ name }) => escapeMarkdown(name)),
      `${effect("majorityShare", 3)} (${effect("meanAgreement", 2)})`,
      `${p("majorityShare")} (${p("meanAgreement")})`,
    ];
  });
  return markdownTable([
    ["run", "with the others normal", "novelty adds", "p over classes"],
    ...rows,
  ], { align: ["l", "l", "r", "r"] });
}
