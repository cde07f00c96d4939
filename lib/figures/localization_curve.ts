import type { TopLevelSpec } from "vega-lite";
import type { Detection } from "../detection.ts";
import type { Race } from "../race.ts";
import { mean } from "../statistics.ts";
import { CHART } from "./chart.ts";

/** What `deno task localize` records of a model. */
export interface RacedModel {
  /** Epochs it was trained for. */
  epochs: number;
  scores: Race;
  detection: Record<string, Detection>;
}

/** Okabe & Ito's colours; the same for a map and the score made from it. */
const LINES: Record<string, string> = {
  "reconstruction error": "#E69F00",
  "saliency": "#56B4E9",
  "saliency × error": "#009E73",
  "edges (Sobel)": "#999999",
  "reconstruction loss": "#E69F00",
  "norm of the saliency map": "#56B4E9",
};

/**
 * How well maps localize anomalies, and scores detect novel images, against
 * epochs of training.
 *
 * @param models of one training
 * @returns a Vega-Lite specification with its data, of two charts
 */
export function localizationCurve(
  models: readonly RacedModel[],
): TopLevelSpec {
  const values = models.flatMap(({ epochs, scores, detection }) => [
    ...Object.entries(scores).map(([line, kinds]) => ({
      epoch: epochs,
      question: "where",
      line,
      auroc: mean(
        Object.values(kinds).map(({ pixelAuroc }) => pixelAuroc.mean),
      ),
    })),
    ...Object.entries(detection).map(([line, { auroc }]) => ({
      epoch: epochs,
      question: "whether",
      line,
      auroc: auroc.mean,
    })),
  ]);
  const chart = (question: string, title: string, y: string) => {
    const shown = values.filter((value) =>
      value.question === question && value.line in LINES
    );
    const lines = Object.keys(LINES).filter((line) =>
      shown.some((value) => value.line === line)
    );
    return {
      title,
      width: CHART.width * 0.6,
      height: CHART.height,
      data: { values: shown },
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
          title: y,
          scale: { zero: false },
        },
        color: {
          field: "line",
          type: "nominal",
          title: null,
          sort: lines,
          scale: { domain: lines, range: lines.map((line) => LINES[line]) },
          legend: { labelLimit: 0, orient: "bottom", columns: 2 },
        },
        tooltip: [
          { field: "line", title: "map or score" },
          { field: "epoch" },
          { field: "auroc", format: ".3f" },
        ],
      },
    };
  };
  const { $schema, config } = CHART;
  return {
    ...{ $schema, config },
    description: "Localization and detection against epochs of training",
    resolve: { scale: { color: "independent" } },
    hconcat: [
      chart("where", "Where is the anomaly?", "pixel AUROC"),
      chart("whether", "Is the image novel?", "AUROC"),
    ],
  } as TopLevelSpec;
}
