import type { TopLevelSpec } from "vega-lite";
import type { Groups } from "../results.ts";
import { GROUP_COLORS } from "./colors.ts";
import { FONT } from "./render.ts";

/**
 * Figure 2 of the paper: how often each top-K agreement occurs, normal beside
 * novel images.
 *
 * @param counts images per agreement value, 0 to K
 * @returns a Vega-Lite specification with its data
 */
export function figure2(counts: Groups<number[]>): TopLevelSpec {
  const k = counts.normal.length - 1;
  const values = (["normal", "novel"] as const).flatMap((group) => {
    const total = counts[group].reduce((a, b) => a + b, 0);
    return counts[group].map((images, agreement) => ({
      group,
      agreement,
      images,
      share: images / total,
    }));
  });
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v5.json",
    description:
      `Frequency of each top-${k} agreement, normal beside novel images`,
    data: { values },
    width: 440,
    height: 240,
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
      color: {
        field: "group",
        type: "nominal",
        title: "images",
        scale: {
          domain: Object.keys(GROUP_COLORS),
          range: Object.values(GROUP_COLORS),
        },
      },
      tooltip: [
        { field: "group", title: "images" },
        { field: "agreement" },
        { field: "images", title: "count" },
        { field: "share", format: ".1%" },
      ],
    },
    config: { font: `${FONT}, Arial, sans-serif`, view: { stroke: null } },
  };
}
