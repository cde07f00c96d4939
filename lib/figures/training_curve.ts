import type { ChartSpec } from "./chart_spec.ts";
import type { EpochLosses } from "../training/state.ts";
import { CHART } from "./chart.ts";

const IMAGES: (keyof EpochLosses)[] = ["training", "validation"];

/**
 * The course of training: both losses after each epoch, on a logarithmic
 * scale.
 *
 * @param history the losses of each epoch, from the first
 * @returns a Vega-Lite specification with its data
 */
export function trainingCurve(history: readonly EpochLosses[]): ChartSpec {
  const values = history.flatMap((losses, i) =>
    IMAGES.map((images) => ({
      epoch: i + 1,
      images,
      loss: losses[images],
    }))
  );
  return {
    ...CHART,
    description: "Reconstruction loss after each epoch of training",
    data: { values },
    mark: { type: "line", point: { size: 20 } },
    encoding: {
      x: {
        field: "epoch",
        type: "quantitative",
        axis: { tickMinStep: 1, grid: false },
      },
      y: {
        field: "loss",
        type: "quantitative",
        title: "reconstruction loss r̄",
        scale: { type: "log", nice: false },
        axis: { values: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2] },
      },
      color: {
        field: "images",
        type: "nominal",
        scale: { domain: IMAGES, range: ["#009E73", "#CC79A7"] },
      },
      // The same domain, so that both share a legend.
      strokeDash: {
        field: "images",
        type: "nominal",
        scale: { domain: IMAGES, range: [[1, 0], [4, 2]] },
      },
      tooltip: [
        { field: "epoch" },
        { field: "images" },
        { field: "loss", format: ".5f" },
      ],
    },
  };
}
