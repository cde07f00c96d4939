import type { ChartSpec } from "./chart_spec.ts";
import type { Groups } from "../studies/agreement/groups.ts";
import { CHART, GROUP_COLOR, GROUPS } from "./chart.ts";

/**
 * Histogram of the maximum distance to best match (metric 2), one pixel a bin,
 * in its left half normal images and in its right half novel ones, with a line
 * at each group's mean.
 *
 * @param distances by group, one an image, pixels
 * @param k size of the top-K sets
 * @returns a Vega-Lite specification with the counted bins
 */
export function distanceHistogram(
  distances: Groups<number[]>,
  k: number,
): ChartSpec {
  const values = GROUPS.flatMap((group) =>
    histogram(distances[group]).map((share, bin) => ({
      group,
      from: bin,
      left: bin + SIDE[group],
      right: bin + SIDE[group] + 0.5,
      share,
    }))
  );
  const means = GROUPS.map((group) => ({
    group,
    mean: distances[group].reduce((a, b) => a + b, 0) / distances[group].length,
  }));
  return {
    ...CHART,
    description: `Maximum distance to best match, K = ${k}`,
    layer: [
      {
        data: { values },
        mark: { type: "rect" },
        encoding: {
          x: {
            field: "left",
            type: "quantitative",
            title: `maximum distance to best match, K = ${k} (pixels)`,
            axis: { grid: false, tickMinStep: 2 },
          },
          x2: { field: "right" },
          y: {
            field: "share",
            type: "quantitative",
            title: "share of images",
            axis: { format: "%" },
            stack: null,
          },
          color: GROUP_COLOR,
          tooltip: [
            { field: "group", title: "images" },
            { field: "from", title: "from, pixels" },
            { field: "share", format: ".1%" },
          ],
        },
      },
      {
        data: { values: means },
        mark: { type: "rule", strokeWidth: 2, strokeDash: [5, 3] },
        encoding: {
          x: { field: "mean", type: "quantitative" },
          color: GROUP_COLOR,
          tooltip: [
            { field: "group", title: "images" },
            { field: "mean", title: "mean, pixels", format: ".2f" },
          ],
        },
      },
    ],
  };
}

/** Where in a bin a group stands. */
const SIDE = { normal: 0, novel: 0.5 };

/** The share of values from 0 to 1, from 1 to 2, and so on. */
function histogram(values: number[]): number[] {
  const largest = values.reduce((a, b) => Math.max(a, b), 0);
  const counts: number[] = Array(Math.floor(largest) + 1).fill(0);
  for (const value of values) counts[Math.floor(value)]++;
  return counts.map((count) => count / values.length);
}
