import type { ChartSpec } from "./chart_spec.ts";
import { likenessOf, type SanityRow } from "../studies/sanity/randomization.ts";
import { CHART, LINE_LEGEND, sideBySide } from "./chart.ts";

/** The panels in one line, as wide as a page. */
const WIDTH = 1.65 * CHART.width;

/** Okabe & Ito's colours that do not stand for groups of images. */
const COLORS = ["#000000", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"];
/** Green and pink look alike to some people; and lines may coincide. */
const DASHES = [[1, 0], [1, 0], [6, 6], [8, 2, 2, 2], [2, 2]];

/** Here agreement is a share of the ten pixels, as other measures end at 1. */
const nameOf = (measure: string) =>
  measure === "top-10 agreement" ? "top-10 agreement, share" : measure;

/**
 * How alike maps stay while layers are randomised from the output down, a line
 * a measure. Of measures that are equal throughout, as Spearman's correlation
 * with and without the signs of a map that has none, the first is drawn.
 *
 * @param rows from `sanityCheck`, without the baselines
 * @param maps which of those that were checked, default: the paper's two
 * @returns a Vega-Lite specification with its data, a chart a map
 */
export function cascadeCurve(
  rows: readonly SanityRow[],
  maps: readonly string[] = ["saliency", "error"],
): ChartSpec {
  const measures = Object.keys(rows[0].saliency);
  const layers = ["none", ...rows.map(({ name }) => name)];
  const lines = maps.map((map) => linesOf(rows, map, measures));
  const style = styleOf(
    measures,
    measures.filter((measure) => lines.some((own) => measure in own)),
  );
  const charts = maps.map((map, i) => ({
    title: map in rows[0] ? `${map} map` : map,
    width: WIDTH / maps.length,
    height: CHART.height,
    data: {
      values: Object.entries(lines[i]).flatMap(([measure, values]) =>
        values.map((value, j) => ({
          layer: layers[j],
          measure: nameOf(measure),
          value,
        }))
      ),
    },
    mark: { type: "line", point: true },
    encoding: { ...axes(layers, i === 0), ...style },
  }));
  return sideBySide("Likeness of maps while layers are randomised", charts);
}

/** By measure its values from layer to layer, but for those of one before. */
function linesOf(
  rows: readonly SanityRow[],
  map: string,
  measures: readonly string[],
): Record<string, number[]> {
  const lines: Record<string, number[]> = {};
  for (const measure of measures) {
    const values = rows.map((row) => likenessOf(row, map)[measure].mean);
    const line = [1, ...values];
    const isNew = Object.values(lines)
      .every((other) => String(other) !== String(line));
    if (isNew) lines[measure] = line;
  }
  return lines;
}

/** Colour and dashes of a measure, the same in every chart. */
function styleOf(measures: readonly string[], drawn: readonly string[]) {
  const by = <T>(styles: readonly T[]) => ({
    field: "measure",
    type: "nominal",
    sort: drawn.map(nameOf),
    scale: {
      domain: drawn.map(nameOf),
      range: drawn.map((measure) => styles[measures.indexOf(measure)]),
    },
    legend: LINE_LEGEND,
  });
  return { color: by(COLORS), strokeDash: by(DASHES) };
}

function axes(layers: readonly string[], isFirst: boolean) {
  return {
    x: {
      field: "layer",
      type: "ordinal",
      sort: layers,
      title: "random from the output down to",
      axis: { labelAngle: -45 },
    },
    y: {
      field: "value",
      type: "quantitative",
      title: isFirst ? "likeness to the trained model's map" : null,
      scale: { domain: [-0.1, 1] },
    },
    tooltip: [
      { field: "measure" },
      { field: "layer" },
      { field: "value", format: ".3f" },
    ],
  };
}
