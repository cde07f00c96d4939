import { classNames } from "./class_names.ts";
import { escapeMarkup } from "../figures/markup.ts";
import type { Results } from "../studies/agreement/results.ts";
import { isPaperExperiment } from "../studies/paper/reported.ts";
import { shownK } from "../studies/seeds/summary.ts";
import { verdicts } from "../studies/paper/findings.ts";
import { REPORT_STYLE } from "./style.ts";
import { resultsCells } from "./results_table.ts";

/** The figures of a report, as SVG documents. */
export interface ReportFigures {
  /** Images with their maps. */
  figure1: string;
  /** How often the maps agree on how many pixels. */
  figure2: string;
  /** The histogram of the maximum distance to best match. */
  distances?: string;
  /** The losses of each epoch, where they are known. */
  training?: string;
}

/** What a report says of itself. */
export interface ReportOptions {
  /** When it was made; default: not said. */
  date?: Date;
  /** Version of Novelty Maps that made it; default: not said. */
  version?: string;
  /** Results of the authors' weights, shown beside; default: none. */
  authors?: Results;
}

/**
 * A run as one page of HTML that loads nothing, to read or to mail: which of
 * the paper's findings hold, what was run, the table of results beside the
 * paper's, the figures. It links to results.json and per_image.csv beside it.
 *
 * @param results of a test set
 * @param figures drawn from them
 * @param options what the report says of itself
 * @returns an HTML document
 */
export function report(
  results: Results,
  figures: ReportFigures,
  options: ReportOptions = {},
): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>Novelty Maps: saliency and reconstruction error</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<h1>Do saliency and reconstruction error point at the same pixels?</h1>
<p>An autoencoder learnt ${
    escapeMarkup(results.settings.learnt ?? "the normal images alone")
  }. For every test image the
reconstruction-error map was compared with the saliency map, as in Feeney &amp;
Hughes (2021), “Evaluating the Use of Reconstruction Error for Novelty
Localization”, <a href="https://arxiv.org/abs/2107.13379">arXiv 2107.13379</a>.</p>
${findings(results)}
<h2>The run</h2>
${description(results, options)}
<h2>Results</h2>
${table(resultsCells(results, options.authors))}
${legend(results, options)}
${drawings(results, figures)}
</body>
</html>
`;
}

/** What the columns of the table are, and where all numbers are. */
function legend({ settings }: Results, { authors }: ReportOptions): string {
  const beside = authors
    ? ", “authors’ weights, exact” the same model with the right one"
    : "";
  const paper = isPaperExperiment(settings)
    ? "“paper” is what the paper prints, for its own model and with a faulty " +
      `gradient${beside}; `
    : "";
  return `<p>The error map is each pixel’s squared reconstruction error, the
loss its mean, and the saliency map the absolute gradient of the loss by each
pixel. Top-K agreement is how many of the K brightest pixels the two maps have in
common, the maximum distance how far the farthest of the K brightest saliency
pixels is from the nearest of the error map’s, MSE the mean squared difference of
the maps, each scaled to a maximum of 1. ${paper}“chance” is the mean
of two random sets of K pixels. AUROC is the chance that a novel image has a
larger loss than a normal one. All numbers:
<a href="results.json">results.json</a>; every image:
<a href="per_image.csv">per_image.csv</a>, both in this page’s folder.</p>`;
}

/** The figures, each under its heading. */
function drawings(
  { settings: { k } }: Results,
  { figure1, figure2, distances, training }: ReportFigures,
): string {
  return [
    {
      title: "Maps of test images",
      svg: figure1,
      caption:
        "As Figure 1 of the paper: each map is scaled by its own maximum.",
    },
    {
      title: `How often each top-${Math.max(...k)} agreement occurs`,
      svg: figure2,
      caption: "As Figure 2 of the paper.",
    },
    {
      title: "How far the best match is",
      svg: distances,
      caption:
        "The largest distance from a salient pixel to its best match, in each " +
        "image; dashed: the mean of each group.",
    },
    {
      title: "The training",
      svg: training,
      caption:
        "Training: the mean over the epoch's images, each with the weights of " +
        "its step; validation: after the " +
        "epoch. A model whose running statistics were moved on afterwards has " +
        "another loss above. Logarithmic scale.",
    },
  ].map(figure).join("\n");
}

/** Which of the paper's findings hold; at its K, where that was measured. */
function findings(results: Results): string {
  const { k: ks } = results.settings;
  const k = shownK(ks);
  const found = verdicts(results, k);
  const held = found.filter(({ holds }) => holds).length;
  const rows = found.map(({ claim, holds, rule, numbers }) => [
    claim,
    holds ? "holds" : "does not hold",
    numbers,
    rule,
  ]);
  return `<h2>The paper’s findings</h2>
<p><strong>${held} of ${found.length} hold in this run</strong>, at K = ${k}.
The paper gives no bounds; those in the last column are this project’s.</p>
${
    table(
      [["finding", "here it", "normal / novel images", "holds where"], ...rows],
      "words",
    )
  }`;
}

/** What was run, and with what. */
function description(
  { settings, counts, auroc, software }: Results,
  { date, version }: ReportOptions,
): string {
  const terms = Object.entries({
    "normal classes": classNames(
      settings.normalClasses,
      settings.classes,
    ),
    "test images":
      `${counts.normal} normal and ${counts.novel} novel, of ${settings.data}`,
    "learnt": settings.learnt,
    "autoencoder": settings.model ?? "convolutional, the paper's",
    "input gradient": settings.gradient,
    "weights": settings.weights,
    "running statistics": settings.statistics,
    "epochs": settings.epochs,
    "seed": settings.seed,
    "batch size": settings.batchSize,
    "learning rate": settings.learningRate,
    "passes after an epoch": settings.passes,
    "AUROC of the reconstruction loss": `${auroc.toFixed(3)} (chance 0.5)`,
    "date": date?.toISOString().slice(0, 10),
    "Novelty Maps": version,
    "TensorFlow": software?.tensorflow,
    "Deno": software?.deno,
  }).filter(([, value]) => value !== undefined)
    .map(([name, value]) =>
      `<dt>${name}</dt><dd>${escapeMarkup(String(value))}</dd>`
    );
  return `<dl>${terms.join("")}</dl>`;
}

/** A figure under its heading; nothing where there is none. */
function figure(
  { title, svg, caption }: { title: string; svg?: string; caption: string },
): string {
  if (svg === undefined) return "";
  return `<h2>${escapeMarkup(title)}</h2>
<figure><div class="scroll drawing" role="group" aria-label="${
    escapeMarkup(title)
  }">${svg}</div><figcaption>${escapeMarkup(caption)}</figcaption></figure>`;
}

/** A table in a box of its own, which scrolls where the page is narrow. */
function table([header, ...rows]: string[][], name = "numbers"): string {
  const heads = header.map((cell) =>
    `<th scope="col">${escapeMarkup(cell)}</th>`
  );
  const line = ([first, ...cells]: string[]) =>
    `<tr><th scope="row">${escapeMarkup(first)}</th>${
      cells.map((cell) => `<td>${escapeMarkup(cell)}</td>`).join("")
    }</tr>`;
  return `<div class="scroll"><table class="${name}"><thead><tr>${
    heads.join("")
  }</tr></thead><tbody>${rows.map(line).join("")}</tbody></table></div>`;
}
