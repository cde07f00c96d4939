import type { ChartSpec } from "./chart_spec.ts";
import {
  type SeedSummary,
  shownK,
  summariseSeeds,
  summaryOf,
} from "../studies/seeds/summary.ts";
import {
  type Measure,
  type MeasureId,
  measureOf,
} from "../studies/agreement/measures.ts";
import type { Results } from "../studies/agreement/results.ts";
import { CHART, GROUP_COLOR, GROUPS, sideBySide } from "./chart.ts";

/**
 * Agreement and distance against epochs of training: a thin line with
 * small dots for each seed, a thick one for their mean, a band for its 95 %
 * interval.
 *
 * @param runs of one split and gradient, with seeds and epochs in their
 * settings
 * @param reference another model at some epochs, drawn as crosses
 * @returns a Vega-Lite specification with its data, of two charts
 */
export function epochCurve(
  runs: readonly Results[],
  reference: readonly Results[] = [],
): ChartSpec {
  const k = shownK(runs[0].settings.k);
  const summaries = summariseSeeds(runs);
  const panel = (id: MeasureId, format: string) => {
    const measure = measureOf(id);
    const layers = [
      band(summaries, id),
      line(runs, measure),
      crosses(reference, measure),
    ].flat();
    return chart(measure.title, format, layers);
  };
  return sideBySide("Agreement and distance of the two maps against epochs", [
    panel(`majority-share@${k}`, "%"),
    panel(`max-distance@${k}`, ""),
  ]);
}

function chart(title: string, format: string, layer: unknown[]) {
  return {
    width: CHART.width * 0.75,
    height: CHART.height,
    encoding: {
      x: {
        field: "epoch",
        type: "quantitative",
        axis: { grid: false, tickMinStep: 1, format: "d" },
        scale: { zero: false },
      },
      y: {
        field: "value",
        type: "quantitative",
        title,
        axis: { format },
        scale: { zero: format === "%" },
      },
      color: GROUP_COLOR,
    },
    layer,
  };
}

/** The mean over seeds, and its interval where there are several. */
function band(summaries: readonly SeedSummary[], id: MeasureId) {
  const values = summaries.flatMap((summary) => {
    const found = summaryOf(summary, id);
    return GROUPS.map((group) => {
      const { mean, low = mean, high = mean } = found[group];
      return { group, epoch: summary.epochs, value: mean, low, high };
    });
  });
  return [
    {
      data: { values },
      mark: { type: "area", opacity: 0.2 },
      encoding: { y: { field: "low" }, y2: { field: "high" } },
    },
    {
      data: { values },
      mark: { type: "line", strokeWidth: 3, point: true },
    },
  ];
}

function line(runs: readonly Results[], measure: Measure) {
  return {
    data: { values: rows(runs, measure) },
    mark: { type: "line", strokeWidth: 0.8, opacity: 0.7, point: { size: 12 } },
    encoding: { detail: { field: "seed" } },
  };
}

function crosses(runs: readonly Results[], measure: Measure) {
  if (runs.length === 0) return [];
  return {
    data: { values: rows(runs, measure) },
    mark: { type: "point", shape: "cross", filled: true, size: 80 },
  };
}

function rows(runs: readonly Results[], { of }: Measure) {
  return runs.flatMap((run) =>
    GROUPS.map((group) => ({
      group,
      epoch: run.settings.epochs,
      seed: run.settings.seed,
      value: of(run)[group],
    }))
  );
}
