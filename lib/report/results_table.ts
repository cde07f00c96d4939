import { markdownTable } from "markdown-table";
import { escapeMarkdown } from "./escape_markdown.ts";
import { DIGITS } from "../data/mnist_data.ts";
import type { LayerRow } from "../model/summary.ts";
import type { LabelledImages } from "../data/images.ts";
import {
  isPaperExperiment,
  REPORTED,
  type ReportedValue,
} from "../studies/paper/reported.ts";
import type { Results } from "../studies/agreement/results.ts";
import { type MeasureId, measuresOf } from "../studies/agreement/measures.ts";

/**
 * The results as a Markdown table; where the run is the paper's experiment,
 * beside the paper's numbers and those of the authors' own weights.
 *
 * @param results of a test set
 * @param authors results of the authors' weights under the exact gradient;
 * default: none are shown
 */
export function resultsTable(results: Results, authors?: Results): string {
  const cells = resultsCells(results, authors);
  return markdownTable(cells, {
    align: ["l", ...Array(cells[0].length - 1).fill("r")],
  });
}

/**
 * The cells of {@linkcode resultsTable}, header first.
 *
 * @param results of a test set
 * @param authors as there
 */
export function resultsCells(results: Results, authors?: Results): string[][] {
  const isPapers = isPaperExperiment(results.settings);
  const theirs = isPapers ? authors : undefined;
  const header = [
    "",
    ...isPapers ? ["paper: normal", "novel"] : [],
    ...theirs ? ["authors' weights, exact: normal", "novel"] : [],
    ...["this run: normal", "novel", "chance"],
  ];
  const measures = measuresOf(results.settings.k, [
    "majority-share",
    "most-frequent",
    "mean-agreement",
    "max-distance",
  ]);
  const rows = measures.map(({ id, title, of, chance, ...measure }) => {
    const { digits, chanceDigits = digits } = measure;
    const show = (value?: number) => value?.toFixed(digits) ?? "–";
    const known = theirs && hasMeasure(theirs, id) ? of(theirs) : undefined;
    const ours = of(results);
    return [
      title,
      ...isPapers ? printed(REPORTED[id]) : [],
      ...theirs ? [show(known?.normal), show(known?.novel)] : [],
      show(ours.normal),
      show(ours.novel),
      chance?.(results).toFixed(chanceDigits) ?? "–",
    ];
  });
  return [header, ...rows];
}

/** What the paper prints of a measure, with its digits. */
function printed(reported?: ReportedValue): string[] {
  if (!reported) return ["–", "–"];
  const { normal, novel, digits } = reported;
  return [normal.toFixed(digits), novel.toFixed(digits)];
}

/** Whether a run has the K of a measure. */
function hasMeasure({ settings }: Results, id: MeasureId): boolean {
  const [, k] = id.split("@");
  return k === undefined || settings.k.includes(Number(k));
}

/**
 * The images of each class, as a Markdown table.
 *
 * @param training the training file's images
 * @param test the test file's images
 * @param normalClasses labels that are normal
 * @param classes names of all classes (default: the ten digits)
 */
export function classTable(
  training: LabelledImages,
  test: LabelledImages,
  normalClasses: readonly number[],
  classes: readonly string[] = DIGITS,
): string {
  const count = ({ labels }: LabelledImages, own: number) =>
    labels.reduce((sum, label) => sum + Number(label === own), 0);
  const rows = classes.map((name, label) => [
    escapeMarkdown(name),
    normalClasses.includes(label) ? "normal" : "novel",
    String(count(training, label)),
    String(count(test, label)),
  ]);
  return markdownTable([["class", "", "training file", "test file"], ...rows], {
    align: ["l", "l", "r", "r"],
  });
}

/**
 * The layers of the model, as a Markdown table.
 *
 * @param rows as `modelSummary` gives them
 */
export function layerTable(rows: readonly LayerRow[]): string {
  const total = rows.reduce((sum, { parameters }) => sum + parameters, 0);
  const lines = rows.map(({ name, kind, output, parameters }) => [
    name,
    kind,
    output.join("×"),
    String(parameters),
  ]);
  return markdownTable([
    ["layer", "what it is", "output", "parameters"],
    ...lines,
    ["all", "", "", String(total)],
  ], { align: ["l", "l", "r", "r"] });
}
