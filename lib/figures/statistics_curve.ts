import type { ChartSpec } from "./chart_spec.ts";
import { majorityShare } from "../studies/agreement/results.ts";
import {
  STATISTICS_NAMES,
  type StatisticsRow,
} from "../studies/running_statistics/statistics_study.ts";
import { GROUPS } from "../studies/agreement/groups.ts";
import { CHART, sideBySide } from "./chart.ts";

/** Okabe & Ito's colours that do not stand for groups of images. */
const COLORS = ["#999999", "#009E73", "#CC79A7"];
/** These colours look alike to some people. */
const SHAPES = ["circle", "square", "triangle-up"];

/**
 * Reconstruction loss and top-10 agreement against epochs of training, with
 * each kind of running statistics.
 *
 * @param rows of models of one training, with K = 10
 * @returns a Vega-Lite specification with its data, of two charts
 */
export function statisticsCurve(rows: readonly StatisticsRow[]): ChartSpec {
  const points = rows.flatMap(({ epochs, statistics, results }) =>
    GROUPS.map((group) => ({
      epoch: epochs,
      statistics: STATISTICS_NAMES[statistics],
      group,
      loss: results.reconstructionLoss[group],
      share: majorityShare(results.agreement[10][group]),
    }))
  );
  return sideBySide(
    "Loss and agreement against epochs, by batch norm's running statistics",
    [
      panel("loss", "reconstruction loss r̄", ".4f"),
      panel("share", "images with top-10 agreement 6–10", "%"),
    ],
    { data: { values: points } },
  );
}

function panel(field: string, title: string, format: string) {
  const statistics = (range: string[]) => ({
    field: "statistics",
    type: "nominal",
    title: "running statistics",
    scale: { domain: Object.values(STATISTICS_NAMES), range },
    legend: { labelLimit: 0, orient: "bottom", columns: 1, symbolSize: 60 },
  });
  return {
    width: CHART.width * 0.8,
    height: CHART.height,
    encoding: {
      x: {
        field: "epoch",
        type: "quantitative",
        axis: { grid: false, tickMinStep: 1 },
      },
      y: { field, type: "quantitative", title, axis: { format } },
      color: statistics(COLORS),
      tooltip: [
        { field: "statistics" },
        { field: "group", title: "images" },
        { field: "epoch" },
        { field, format },
      ],
    },
    layer: [
      {
        mark: "line",
        encoding: {
          strokeDash: {
            field: "group",
            type: "nominal",
            title: "images",
            scale: { domain: GROUPS, range: [[1, 0], [5, 3]] },
            legend: { orient: "bottom", columns: 1 },
          },
        },
      },
      {
        mark: { type: "point", filled: true, size: 50, opacity: 1 },
        encoding: { shape: statistics(SHAPES) },
      },
    ],
  };
}
