import type { TopLevelSpec } from "vega-lite";
import type { Groups } from "../results.ts";
import { CHART, GROUP_COLOR, GROUPS } from "./chart.ts";

/**
 * Figure 2 of the paper for many K: a slider chooses K where the viewer draws
 * Vega-Lite itself, without a kernel.
 *
 * @param counts by K, images per agreement value, 0 to K
 * @param start the K that is shown first
 * @returns a Vega-Lite specification with its data
 */
export function agreementSlider(
  counts: Record<string, Groups<number[]>>,
  start: number,
): TopLevelSpec {
  const ks = Object.keys(counts).map(Number);
  const values = ks.flatMap((k) =>
    GROUPS.flatMap((group) => {
      const total = counts[k][group].reduce((a, b) => a + b, 0);
      return counts[k][group].map((images, agreement) => ({
        k,
        group,
        agreement,
        share: images / total,
      }));
    })
  );
  return {
    ...CHART,
    description: "Frequency of each top-K agreement; a slider chooses K",
    params: [{
      name: "K",
      value: start,
      bind: {
        input: "range",
        min: Math.min(...ks),
        max: Math.max(...ks),
        step: 1,
        name: "K ",
      },
    }],
    data: { values },
    transform: [{ filter: "datum.k == K" }],
    mark: { type: "bar" },
    encoding: {
      x: {
        field: "agreement",
        type: "ordinal",
        title: "top-K agreement (pixels shared by the two top-K sets)",
        axis: { labelAngle: 0 },
      },
      xOffset: { field: "group" },
      y: {
        field: "share",
        type: "quantitative",
        title: "share of images",
        axis: { format: "%" },
      },
      color: GROUP_COLOR,
      tooltip: [
        { field: "group", title: "images" },
        { field: "agreement" },
        { field: "share", format: ".1%" },
      ],
    },
  };
}
