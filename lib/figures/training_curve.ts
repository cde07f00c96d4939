import type { ChartSpec } from "./chart_spec.ts";
import type { EpochLosses } from "../training/state.ts";
import { CHART, LINE_LEGEND } from "./chart.ts";

const IMAGES: (keyof EpochLosses)[] = ["training", "validation"];

/** Of more epochs the points would hide the lines. */
const MOST_POINTS = 60;

/**
 * 1, 2 and 5 times powers of ten, from the last that no loss is below to the
 * first that none is above: one epoch has an axis, too.
 */
function ticksOf(losses: readonly number[]): number[] {
  const [least, most] = [Math.min(...losses), Math.max(...losses)];
  const power = Math.floor(Math.log10(least));
  const powers = Math.ceil(Math.log10(most)) - power + 1;
  const all = Array.from({ length: powers }, (_, i) => power + i)
    .flatMap((power) => [1, 2, 5].map((n) => Number(`${n}e${power}`)));
  const first = all.findLastIndex((tick) => tick <= least);
  return all.slice(first, all.findIndex((tick) => tick >= most) + 1);
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
  const ticks = ticksOf(values.map(({ loss }) => loss));
  return {
    ...CHART,
    description: "Loss in each epoch of training",
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
        scale: { type: "log", nice: false, domain: [ticks[0], ticks.at(-1)!] },
        axis: { values: ticks },
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
