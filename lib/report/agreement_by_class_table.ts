import { markdownTable } from "markdown-table";
import { escapeMarkdown } from "./escape_markdown.ts";
import { DIGITS } from "../data/mnist_data.ts";
import { numberText } from "../statistics/estimate.ts";
import {
  classDifference,
  type ClassedRun,
  type ClassMeasure,
  type ClassMeasures,
  classTest,
} from "../studies/agreement/by_class.ts";

/**
 * Top-K agreement of each class, a column a run, as a Markdown table: the share
 * of images that agree on more than half of the pixels, and in brackets the mean
 * pixels; normal classes in bold. The last lines have what
 * {@linkcode classDifference} and {@linkcode classTest} give of both.
 *
 * @param runs at least one, of the same classes
 * @param names of all classes (default: the ten digits)
 */
export function agreementByClassTable(
  runs: readonly ClassedRun[],
  names: readonly string[] = DIGITS,
): string {
  const [{ classes: first }] = runs;
  const rows = first.map(({ label }, i) => [
    escapeMarkdown(names[label]),
    ...runs.map(({ classes }) => cell(classes[i])),
  ]);
  const differences = runs.map(({ classes }) => {
    const difference = (measure: ClassMeasure, digits: number) =>
      numberText(classDifference(classes, measure), digits);
    return inPair(
      difference("majorityShare", 3),
      difference("meanAgreement", 2),
    );
  });
  const tests = runs.map(({ classes }) => {
    const p = (measure: ClassMeasure) => classTest(classes, measure).toFixed(3);
    return inPair(p("majorityShare"), p("meanAgreement"));
  });
  return markdownTable([
    ["class", ...runs.map(({ name }) => escapeMarkdown(name))],
    ...rows,
    ["novel − normal classes", ...differences],
    ["p over classes", ...tests],
  ], { align: ["l", ...runs.map(() => "r")] });
}

function cell({ novel, means }: ClassMeasures): string {
  const text = inPair(
    means.majorityShare.toFixed(3),
    means.meanAgreement.toFixed(2),
  );
  return novel ? text : `**${text}**`;
}

/** The share of images, and in brackets the pixels. */
const inPair = (share: string, pixels: string) => `${share} (${pixels})`;
