import type { ChartSpec } from "./chart_spec.ts";
import { GROUPS, type Groups } from "../studies/agreement/groups.ts";
import { mean } from "../statistics/mean.ts";
import { CHART, GROUP_COLOR } from "./chart.ts";

/**
 * Histogram of the maximum distance to best match (metric 2), one pixel a bin,
 * in its left half normal images and in its right half novel ones, with a line
 * and its number at each group's mean.
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
    mean: mean(distances[group]),
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
      // White below, for the lines run along bars of their colour.
      meanLines(means, { strokeWidth: 4, color: "white" }),
      meanLines(means, { strokeWidth: 2, strokeDash: [5, 3] }),
      ...means.toSorted((a, b) => a.mean - b.mean).map(meanLabel),
    ],
  } as ChartSpec;
}

interface GroupMean {
  group: string;
  mean: number;
}

function meanLines(
  values: GroupMean[],
  style: { strokeWidth: number; strokeDash?: number[]; color?: string },
) {
  return {
    data: { values },
    mark: { type: "rule", ...style },
    encoding: {
      x: { field: "mean", type: "quantitative" },
      ...style.color ? {} : { color: GROUP_COLOR },
      tooltip: [
        { field: "group", title: "images" },
        { field: "mean", title: "mean, pixels", format: ".2f" },
      ],
    },
  };
}

/** Beside the top of its line: the smaller mean's left, the other's right. */
function meanLabel(value: GroupMean, i: number) {
  return {
    data: { values: [value] },
    mark: {
      type: "text",
      text: `mean ${value.mean.toFixed(1)}`,
      ...i === 0 ? { align: "right", dx: -6 } : { align: "left", dx: 6 },
      baseline: "bottom",
      fontWeight: "bold",
    },
    encoding: {
      x: { field: "mean", type: "quantitative" },
      y: { value: -2 },
      color: GROUP_COLOR,
    },
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
