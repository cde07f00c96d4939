import type { ChartSpec } from "./chart_spec.ts";
import type { BenchmarkedModel } from "../studies/localization/benchmark.ts";
import { meanOverKinds } from "../studies/localization/scores.ts";
import { CHART, LINE_LEGEND, sideBySide } from "./chart.ts";

/** Okabe & Ito's colours; the same for a map and the score made from it. */
const MAPS = {
  "reconstruction error": "#E69F00",
  "saliency": "#56B4E9",
  "saliency × error": "#009E73",
  "edges (Sobel)": "#999999",
};
/** The third and fourth line are dashed: their colours look alike to some people. */
const DASHES = [[1, 0], [1, 0], [6, 3], [2, 2]];
const SCORES = {
  "reconstruction loss": "#E69F00",
  "norm of the saliency map": "#56B4E9",
};

/**
 * How well maps localize anomalies, and scores detect novel images, against
 * epochs of training.
 *
 * @param models of one training, with their epochs
 * @returns a Vega-Lite specification with its data, of two charts
 */
export function localizationCurve(
  models: readonly BenchmarkedModel[],
): ChartSpec {
  const localization = models.flatMap(({ epochs, scores }) =>
    Object.entries(scores).map(([line, kinds]) => ({
      epoch: epochs,
      line,
      auroc: meanOverKinds(kinds, "pixelAuroc"),
    }))
  );
  const detection = models.flatMap(({ epochs, detection }) =>
    Object.entries(detection).map(([line, { auroc }]) => ({
      epoch: epochs,
      line,
      auroc: auroc.mean,
    }))
  );
  return sideBySide("Localization and detection against epochs of training", [
    chart("Where is the anomaly?", "pixel AUROC", localization, MAPS),
    chart("Is the image novel?", "AUROC", detection, SCORES),
  ], {
    // One scale of AUROC, so that gaps can be compared.
    resolve: {
      scale: { y: "shared", color: "independent", strokeDash: "independent" },
    },
  });
}

/** Lines that have a colour, in the order of the colours. */
function chart(
  title: string,
  score: string,
  values: { line: string }[],
  colors: Record<string, string>,
) {
  const lines = Object.keys(colors).filter((line) =>
    values.some((value) => value.line === line)
  );
  return {
    title,
    width: CHART.width * 0.6,
    height: CHART.height,
    data: { values: values.filter(({ line }) => lines.includes(line)) },
    mark: { type: "line", point: true },
    encoding: {
      x: {
        field: "epoch",
        type: "quantitative",
        axis: { grid: false, tickMinStep: 1 },
      },
      y: {
        field: "auroc",
        type: "quantitative",
        title: score,
        scale: { zero: false },
      },
      color: {
        field: "line",
        type: "nominal",
        title: null,
        sort: lines,
        scale: { domain: lines, range: lines.map((line) => colors[line]) },
        legend: { ...LINE_LEGEND, orient: "bottom", columns: 2 },
      },
      strokeDash: {
        field: "line",
        type: "nominal",
        title: null,
        sort: lines,
        scale: { domain: lines, range: lines.map((_, i) => DASHES[i]) },
        legend: { ...LINE_LEGEND, orient: "bottom", columns: 2 },
      },
      tooltip: [
        { field: "line", title: "map or score" },
        { field: "epoch" },
        { field: "auroc", format: ".3f" },
      ],
    },
  };
}
