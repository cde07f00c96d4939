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
  const layers = ["none", ...rows.map(({ name }) => name)];
  const measures = Object.keys(rows[0].saliency);
  const valuesOf = (map: string, measure: string) => [
    1,
    ...rows.map((row) => likenessOf(row, map)[measure].mean),
  ];
  const isNew = (map: string) => (measure: string, i: number) =>
    !measures.slice(0, i).some((other) =>
      String(valuesOf(map, other)) === String(valuesOf(map, measure))
    );
  const shown = measures.filter((measure) =>
    maps.some((map) => isNew(map)(measure, measures.indexOf(measure)))
  );
  const names = shown.map(nameOf);
  // Those of a measure are the same in every chart.
  const own = <T>(of: readonly T[]) =>
    shown.map((measure) => of[measures.indexOf(measure)]);
  const chart = (map: string, panel: number) => ({
    title: map in rows[0] ? `${map} map` : map,
    width: WIDTH / maps.length,
    height: CHART.height,
    data: {
      values: measures.filter(isNew(map)).flatMap((measure) =>
        valuesOf(map, measure).map((value, i) => ({
          layer: layers[i],
          measure: nameOf(measure),
          value,
        }))
      ),
    },
    mark: { type: "line", point: true },
    encoding: {
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
        title: panel === 0 ? "likeness to the trained model's map" : null,
        scale: { domain: [-0.1, 1] },
      },
      color: {
        field: "measure",
        type: "nominal",
        sort: names,
        scale: { domain: names, range: own(COLORS) },
        legend: LINE_LEGEND,
      },
      strokeDash: {
        field: "measure",
        type: "nominal",
        sort: names,
        scale: { domain: names, range: own(DASHES) },
        legend: LINE_LEGEND,
      },
      tooltip: [
        { field: "measure" },
        { field: "layer" },
        { field: "value", format: ".3f" },
      ],
    },
  });
  return sideBySide(
    "Likeness of maps while layers are randomised",
    maps.map(chart),
  );
}
