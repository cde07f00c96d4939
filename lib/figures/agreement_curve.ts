import type { ChartSpec } from "./chart_spec.ts";
import { GROUPS, type Groups } from "../studies/agreement/groups.ts";
import { CHART, GROUP_COLOR } from "./chart.ts";

const TICKS = [1, 10, 100, 1000, 10_000]
  .flatMap((ten) => [ten, 2 * ten, 5 * ten]);

/**
 * Top-K agreement for every K: the mean share of the K pixels that the two
 * maps have in common, beside what unrelated maps would have (K/pixels).
 *
 * @param shares by group the mean agreement divided by K, for K = 1, 2, …, all
 * pixels
 * @returns a Vega-Lite specification with its data
 */
export function agreementCurve(shares: Groups<number[]>): ChartSpec {
  const pixels = shares.normal.length;
  // Every K up to 50, then 5 % apart, which is more than a screen shows.
  const ks = shares.normal.map((_, i) => i + 1).filter((k) =>
    k <= 50 || k === pixels ||
    Math.floor(Math.log(k) / 0.05) > Math.floor(Math.log(k - 1) / 0.05)
  );
  const values = GROUPS.flatMap((group) =>
    ks.map((k) => ({ group, k, share: shares[group][k - 1] }))
  );
  const chance = ks.map((k) => ({ k, share: k / pixels }));
  return {
    ...CHART,
    description: "Mean top-K agreement divided by K, for every K",
    encoding: {
      x: {
        field: "k",
        type: "quantitative",
        title: "K (logarithmic)",
        scale: { type: "log", nice: false },
        axis: {
          grid: false,
          values: TICKS.filter((k) => k <= pixels),
        },
      },
      y: {
        field: "share",
        type: "quantitative",
        title: "mean agreement ÷ K",
        axis: { format: "%" },
        scale: { domain: [0, 1] },
      },
    },
    layer: [
      {
        data: { values },
        mark: { type: "line" },
        encoding: {
          color: GROUP_COLOR,
          tooltip: [
            { field: "group", title: "images" },
            { field: "k", title: "K" },
            { field: "share", format: ".1%" },
          ],
        },
      },
      {
        data: { values: chance },
        mark: { type: "line", color: "#666666", strokeDash: [4, 4] },
      },
      {
        data: { values: [chance[Math.floor(chance.length * 0.7)]] },
        mark: {
          type: "text",
          color: "#666666",
          text: "unrelated maps",
          align: "left",
          dx: 8,
          dy: 8,
        },
      },
    ],
  };
}
