import type { TopLevelSpec } from "vega-lite";
import type { EpochLosses } from "../training.ts";
import { CHART } from "./chart.ts";

/**
 * The course of training: both losses after each epoch, on a logarithmic
 * scale.
 *
 * @param history the losses of each epoch, from the first
 * @returns a Vega-Lite specification with its data
 */
export function trainingCurve(history: readonly EpochLosses[]): TopLevelSpec {
  const values = history.flatMap((losses, i) =>
    (["training", "validation"] as const).map((images) => ({
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
      },
      color: {
        field: "images",
        type: "nominal",
        scale: {
          domain: ["training", "validation"],
          range: ["#009E73", "#CC79A7"],
        },
      },
      strokeDash: { field: "images", type: "nominal" },
      tooltip: [
        { field: "epoch" },
        { field: "images" },
        { field: "loss", format: ".5f" },
      ],
    },
  };
}
