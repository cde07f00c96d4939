/** Vega-Lite's module. */
export type VegaLite = typeof import("vega-lite");

/** A chart as Vega-Lite describes it. */
export type ChartSpec = Parameters<VegaLite["compile"]>[0];
