import type { NamedResidualStudy } from "../studies/residual.ts";
import type { ChartSpec } from "./chart_spec.ts";
import { CHART } from "./chart.ts";

/**
 * What the two maps share of normal images, against how much of the residual
 * comes back through the model: a point a model, with its epochs beside it.
 *
 * @param studies one a model, of one K; at least one
 * @returns a Vega-Lite specification with its data
 */
export function residualChart(
  studies: readonly NamedResidualStudy[],
): ChartSpec {
  const [{ k }] = studies;
  const values = studies.map(({ name, model, ratio, agreement }) => ({
    name,
    model,
    ratio: ratio.normal.mean,
    agreement: agreement.normal.mean,
  }));
  const kinds = {
    field: "model",
    type: "nominal",
    title: "autoencoder",
    legend: { labelLimit: 0 },
  } as const;
  return {
    ...CHART,
    height: 1.4 * CHART.height,
    description:
      "What saliency and error map share, against what comes back of the residual",
    data: { values },
    encoding: {
      x: {
        field: "ratio",
        type: "quantitative",
        title: "‖Jᵀr‖ / ‖r‖, mean over normal images (logarithmic)",
        scale: { type: "log" },
        axis: { grid: false },
      },
      color: kinds,
      shape: kinds,
      tooltip: [
        { field: "name", title: "model" },
        { field: "ratio", title: "‖Jᵀr‖/‖r‖", format: ".2f" },
        { field: "agreement", title: "pixels shared", format: ".2f" },
      ],
      y: {
        field: "agreement",
        type: "quantitative",
        title: `pixels shared of ${k}`,
        scale: { domain: [0, k] },
      },
    },
    mark: { type: "point", filled: true, size: 80, opacity: 1 },
  };
}
