import { DIGITS } from "../data/mnist_data.ts";
import type { ClassedRun } from "../studies/agreement/by_class.ts";
import { CHART, GROUP_COLOR } from "./chart.ts";
import type { ChartSpec } from "./chart_spec.ts";

/**
 * Top-K agreement of each class, a panel a run: which classes agree, and
 * whether they are normal or novel.
 *
 * @param runs at least one, of the same classes and K
 * @param names of all classes (default: the ten digits)
 * @returns a Vega-Lite specification with its data
 */
export function classChart(
  runs: readonly ClassedRun[],
  names: readonly string[] = DIGITS,
): ChartSpec {
  const [{ k }] = runs;
  const values = runs.flatMap(({ name, classes }) =>
    classes.map(({ label, novel, images, means }) => ({
      run: name,
      class: names[label],
      group: novel ? "novel" : "normal",
      images,
      agreement: means.meanAgreement,
    }))
  );
  const { $schema, config } = CHART;
  return {
    ...{ $schema, config },
    description: `Mean top-${k} agreement of the test images of each class`,
    data: { values },
    facet: {
      field: "run",
      type: "nominal",
      title: null,
      sort: runs.map(({ name }) => name),
      header: { labelLimit: 0 },
    },
    // With four models, a line a gradient.
    columns: 4,
    // Of their own, or the last line has axes without a panel.
    resolve: { axis: { x: "independent" } },
    spec: {
      width: CHART.width / 2,
      height: CHART.height / 2,
      mark: { type: "bar" },
      encoding: {
        x: {
          field: "class",
          type: "nominal",
          sort: [...names],
          axis: { labelAngle: 0, title: "class" },
        },
        y: {
          field: "agreement",
          type: "quantitative",
          title: `pixels shared of ${k}`,
        },
        color: GROUP_COLOR,
        tooltip: [
          { field: "class" },
          { field: "group", title: "images" },
          { field: "images", title: "count" },
          { field: "agreement", format: ".2f" },
        ],
      },
    },
  } as ChartSpec;
}
