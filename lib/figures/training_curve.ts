import type { ChartSpec } from "./chart_spec.ts";
import type { EpochLosses } from "../training/state.ts";
import { CHART, LINE_LEGEND } from "./chart.ts";

const IMAGES: (keyof EpochLosses)[] = ["training", "validation"];

const TICKS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2];

/** Of more epochs the points would hide the lines. */
const MOST_POINTS = 60;

/** The losses, and the next tick below and above: one epoch has an axis, too. */
function domainOf(history: readonly EpochLosses[]): [number, number] {
  const losses = history.flatMap((epoch) => IMAGES.map((of) => epoch[of]))
    .filter((loss) => loss > 0);
  const [least, most] = [Math.min(...losses), Math.max(...losses)];
  return [
    TICKS.findLast((tick) => tick <= least) ?? least,
    TICKS.find((tick) => tick >= most) ?? most,
  ];
}

/**
 * How training went: after each epoch the loss that was minimised on the
 * training images, and r̄ of the validation images, on a logarithmic scale.
 * Only models with a loss of their own have values that are not above 0; such
 * are left out.
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
  ).filter(({ loss }) => loss > 0);
  return {
    ...CHART,
    description: "Loss after each epoch of training",
    data: { values },
    mark: history.length > MOST_POINTS
      ? { type: "line", strokeWidth: 1.2 }
      : { type: "line", point: { size: 20 } },
    encoding: {
      x: {
        field: "epoch",
        type: "quantitative",
        scale: { domain: [1, Math.max(2, history.length)], nice: false },
        axis: { tickMinStep: 1, grid: false },
      },
      y: {
        field: "loss",
        type: "quantitative",
        title: "loss (validation: r̄)",
        scale: { type: "log", nice: false, domain: domainOf(history) },
        axis: { values: TICKS },
      },
      color: {
        field: "images",
        type: "nominal",
        scale: { domain: IMAGES, range: ["#0072B2", "#E69F00"] },
        legend: LINE_LEGEND,
      },
      // The same domain, so that both share a legend.
      strokeDash: {
        field: "images",
        type: "nominal",
        scale: { domain: IMAGES, range: [[1, 0], [4, 2]] },
        legend: LINE_LEGEND,
      },
      tooltip: [
        { field: "epoch" },
        { field: "images" },
        { field: "loss", format: ".5f" },
      ],
    },
  };
}
