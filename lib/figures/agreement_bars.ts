import { GROUPS, type Groups } from "../studies/agreement/groups.ts";
import { CHART, GROUP_COLOR } from "./chart.ts";

/**
 * The bars of Figure 2 as data: how often each top-K agreement occurs.
 *
 * @param counts images per agreement value, 0 to K
 */
export function agreementShareRows(counts: Groups<number[]>) {
  return GROUPS.flatMap((group) => {
    const total = counts[group].reduce((a, b) => a + b, 0);
    return counts[group].map((images, agreement) => ({
      group,
      agreement,
      images,
      share: images / total,
    }));
  });
}

/**
 * The bars of Figure 2 as a chart that still lacks its data.
 *
 * @param k as it stands in the axis title
 */
export function agreementBars(k: number | "K") {
  return {
    ...CHART,
    mark: { type: "bar" as const },
    encoding: {
      x: {
        field: "agreement",
        type: "ordinal" as const,
        title: `top-${k} agreement (pixels shared by the two top-${k} sets)`,
        // Where labels would touch, every other one is left out.
        axis: {
          labelAngle: 0,
          labelOverlap: "parity" as const,
          labelSeparation: 4,
        },
      },
      xOffset: { field: "group" },
      y: {
        field: "share",
        type: "quantitative" as const,
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
