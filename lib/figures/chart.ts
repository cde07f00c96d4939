import type { ChartSpec } from "./chart_spec.ts";
import { GROUP_COLORS } from "./colors.ts";
import { FONT } from "./font.ts";

/** What all charts share; of the version that JupyterLab draws. */
export const CHART = {
  $schema: "https://vega.github.io/schema/vega-lite/v5.json",
  width: 440,
  height: 240,
  config: {
    font: `${FONT}, Arial, sans-serif`,
    view: { stroke: null },
    // Every label below its tick, the first and the last too.
    axisQuantitative: { labelFlush: false },
  },
} as const satisfies Partial<ChartSpec>;

/** Normal and novel images in their colours. */
export const GROUP_COLOR = {
  field: "group",
  type: "nominal",
  title: "images",
  scale: {
    domain: Object.keys(GROUP_COLORS),
    range: Object.values(GROUP_COLORS),
  },
} as const;

/** A legend that shows lines with their dashes, where the marks have points. */
export const LINE_LEGEND = {
  labelLimit: 0,
  symbolType: "stroke",
  symbolSize: 600,
  symbolStrokeWidth: 2,
} as const;

/**
 * A chart with what it shows above it, so that a saved picture tells: its
 * description as the title, and under that a line of its own.
 *
 * @param spec with a description
 * @param caption such as the classes, epochs and data
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const spec = { ...CHART, data: { values: [] }, description: "Losses", mark: "line" } as const;
 * const { title } = withCaption(spec, "seed 0");
 * assertEquals(title, { text: "Losses", subtitle: "seed 0", anchor: "start" });
 * ```
 */
export function withCaption(spec: ChartSpec, caption: string): ChartSpec {
  const text = spec.description ?? "";
  // Panels have titles of their own.
  const offset = "hconcat" in spec || "facet" in spec ? { offset: 14 } : {};
  return {
    ...spec,
    title: { text, subtitle: caption, anchor: "start", ...offset },
  };
}

/**
 * Charts beside one another.
 *
 * @param description in words
 * @param hconcat the charts
 * @param more what holds for all of them
 */
export function sideBySide(
  description: string,
  hconcat: unknown[],
  more: Pick<ChartSpec, "resolve" | "data"> = {},
): ChartSpec {
  const { $schema, config } = CHART;
  return { $schema, config, description, hconcat, ...more } as ChartSpec;
}
