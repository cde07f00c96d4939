import { DIGITS } from "../data/mnist_data.ts";
import { mean } from "../statistics/mean.ts";
import type { CrossedRuns } from "../studies/agreement/cross_over.ts";
import { CHART, GROUP_COLOR } from "./chart.ts";
import type { ChartSpec } from "./chart_spec.ts";

/**
 * Top-K agreement of each class where it is normal and where it is novel, above
 * or below the mean class of the same run: runs differ in their level. A panel a
 * pair of runs.
 *
 * @param pairs at least one, of the same classes and K
 * @param names of all classes (default: the ten digits)
 * @returns a Vega-Lite specification with its data
 */
export function crossOverChart(
  pairs: readonly CrossedRuns[],
  names: readonly string[] = DIGITS,
): ChartSpec {
  const [[{ k }]] = pairs;
  const titleOf = ([run, other]: CrossedRuns) => `${run.name} | ${other.name}`;
  const values = pairs.flatMap((pair) =>
    pair.flatMap(({ classes }) => {
      const level = mean(classes.map(({ means }) => means.meanAgreement));
      return classes.map(({ label, novel, means }) => ({
        pair: titleOf(pair),
        class: names[label],
        group: novel ? "novel" : "normal",
        agreement: means.meanAgreement - level,
      }));
    })
  );
  const { $schema, config } = CHART;
  const x = {
    field: "class",
    type: "nominal",
    sort: [...names],
    axis: { labelAngle: 0, title: "class", grid: true },
  };
  const y = {
    field: "agreement",
    type: "quantitative",
    title: `pixels of ${k}, less the mean class`,
    // Above or below is what counts.
    axis: {
      gridColor: {
        condition: { test: "datum.value === 0", value: "#333" },
        value: "#ddd",
      },
    },
  };
  return {
    ...{ $schema, config },
    description:
      `Mean top-${k} agreement of each class where it is normal and where it is novel`,
    data: { values },
    facet: {
      field: "pair",
      type: "nominal",
      title: null,
      sort: pairs.map(titleOf),
      header: { labelLimit: 0, labelExpr: "split(datum.label, ' | ')" },
    },
    columns: 3,
    resolve: { axis: { x: "independent" } },
    spec: {
      width: CHART.width * 0.7,
      height: CHART.height,
      encoding: { x, y },
      layer: [
        {
          mark: { type: "line", color: "#999", strokeWidth: 1.5 },
          encoding: { detail: { field: "class" } },
        },
        {
          mark: { type: "point", filled: true, size: 70, opacity: 1 },
          encoding: {
            color: GROUP_COLOR,
            shape: { field: "group", type: "nominal", title: "images" },
            tooltip: [
              { field: "class" },
              { field: "group", title: "images" },
              { field: "agreement", format: "+.2f" },
            ],
          },
        },
      ],
    },
  } as ChartSpec;
}
