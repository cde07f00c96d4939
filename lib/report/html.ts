import { escapeMarkup } from "../figures/image_grid.ts";
import type { Results } from "../studies/agreement/results.ts";
import { isPaperExperiment } from "../studies/paper/reported.ts";
import { resultsCells } from "./results_table.ts";

/** The figures of a report, as SVG documents. */
export interface ReportFigures {
  /** Images with their maps. */
  figure1: string;
  /** How often the maps agree on how many pixels. */
  figure2: string;
}

/**
 * A run as one page of HTML that needs nothing else, to read or to mail:
 * what was run, the table of results beside the paper's, both figures.
 *
 * @param results of a test set
 * @param figures drawn from them
 * @returns an HTML document
 */
export function report(
  results: Results,
  { figure1, figure2 }: ReportFigures,
): string {
  const { settings, counts, auroc } = results;
  const largest = Math.max(...settings.k);
  const description = Object.entries({
    "normal classes": settings.normalClasses
      .map((label) => settings.classes?.[label] ?? `${label}`).join(", "),
    "test images":
      `${counts.normal} normal and ${counts.novel} novel, of ${settings.data}`,
    "autoencoder": settings.model ?? "convolutional, the paper's",
    "input gradient": settings.gradient,
    "weights": settings.weights,
    "epochs": settings.epochs,
    "seed": settings.seed,
    "batch size": settings.batchSize,
    "learning rate": settings.learningRate,
    "AUROC of the reconstruction loss": `${auroc.toFixed(3)} (chance 0.5)`,
  }).filter(([, value]) => value !== undefined)
    .map(([name, value]) =>
      `<dt>${name}</dt><dd>${escapeMarkup(String(value))}</dd>`
    );
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>Novelty Maps: saliency and reconstruction error</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Do saliency and reconstruction error point at the same pixels?</h1>
<p>An autoencoder learnt the normal digits alone. For every test image the
reconstruction-error map was compared with the saliency map, as in Feeney &amp;
Hughes (2021), “Evaluating the Use of Reconstruction Error for Novelty
Localization”, <a href="https://arxiv.org/abs/2107.13379">arXiv 2107.13379</a>.</p>
<h2>The run</h2>
<dl>${description.join("")}</dl>
<h2>Results</h2>
${table(resultsCells(results))}
<p>${
    isPaperExperiment(settings)
      ? "“paper” is what the paper prints, for its own model; "
      : ""
  }“chance” is the mean
top-K agreement of unrelated maps.</p>
<h2>Maps of six test images</h2>
<figure>${figure1}<figcaption>As Figure 1 of the paper: each map is scaled by
its own maximum.</figcaption></figure>
<h2>How often each top-${largest} agreement occurs</h2>
<figure>${figure2}<figcaption>As Figure 2 of the paper.</figcaption></figure>
<p>Made by Novelty Maps with <code>deno task reproduce</code>.</p>
</body>
</html>
`;
}

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; color: #222; max-width: 52rem;
  margin: 2rem auto; padding: 0 1rem; }
h1 { line-height: 1.2; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.5rem; }
dd { margin: 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .7rem; border-bottom: 1px solid #ddd; text-align: right; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
figure { margin: 0; overflow-x: auto; }
figure svg { max-width: 100%; height: auto; }
figure image { image-rendering: pixelated; }
figcaption { color: #555; }
`;

function table([header, ...rows]: string[][]): string {
  const line = (tag: string, cells: string[]) =>
    `<tr>${
      cells.map((cell) => `<${tag}>${escapeMarkup(cell)}</${tag}>`).join("")
    }</tr>`;
  return `<table><thead>${line("th", header)}</thead><tbody>${
    rows.map((row) => line("td", row)).join("")
  }</tbody></table>`;
}
