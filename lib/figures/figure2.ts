import type { TopLevelSpec } from "vega-lite";
import type { Groups } from "../results.ts";
import { CHART, GROUP_COLOR, GROUPS } from "./chart.ts";

/**
 * Figure 2 of the paper: how often each top-K agreement occurs, normal beside
 * novel images.
 *
 * @param counts images per agreement value, 0 to K
 * @returns a Vega-Lite specification with its data
 */
export function figure2(counts: Groups<number[]>): TopLevelSpec {
  const k = counts.normal.length - 1;
  const values = GROUPS.flatMap((group) => {
    const total = counts[group].reduce((a, b) => a + b, 0);
    return counts[group].map((images, agreement) => ({
      group,
      agreement,
      images,
      share: images / total,
    }));
  });
  return {
    ...CHART,
    description:
      `Frequency of each top-${k} agreement, normal beside novel images`,
    data: { values },
    mark: { type: "bar" },
    encoding: {
      x: {
        field: "agreement",
        type: "ordinal",
        title: `top-${k} agreement (pixels shared by the two top-${k} sets)`,
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
        { field: "images", title: "count" },
        { field: "share", format: ".1%" },
      ],
    },
  };
}
