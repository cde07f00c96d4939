import { markdownTable } from "markdown-table";
import { DIGITS } from "../data/mnist_data.ts";
import {
  type ClassedRun,
  type ClassMeasures,
  classTest,
} from "../studies/agreement/by_class.ts";

/**
 * Top-K agreement of each class, a column a run, as a Markdown table: the share
 * of images that agree on more than half of the pixels, and in brackets the mean
 * pixels; normal classes in bold. The last line has the p of
 * {@linkcode classTest} of both.
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
    names[label],
    ...runs.map(({ classes }) => cell(classes[i])),
  ]);
  const tests = runs.map(({ classes }) => {
    const p = (measure: "majorityShare" | "meanAgreement") =>
      classTest(classes, measure).toFixed(3);
    return `${p("majorityShare")} (${p("meanAgreement")})`;
  });
  return markdownTable([
    ["class", ...runs.map(({ name }) => name)],
    ...rows,
    ["p over classes", ...tests],
  ], { align: ["l", ...runs.map(() => "r")] });
}

function cell({ novel, means }: ClassMeasures): string {
  const text = `${means.majorityShare.toFixed(3)} (${
    means.meanAgreement.toFixed(2)
  })`;
  return novel ? text : `**${text}**`;
}
