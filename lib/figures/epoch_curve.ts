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
import { GROUPS } from "../studies/agreement/groups.ts";
import { CHART, GROUP_COLOR, sideBySide } from "./chart.ts";

/**
 * Agreement and distance against epochs of training: a thin line with small
 * dots for each seed; where all seeds were measured a thick one for their mean,
 * with its 95 % interval as a bar. (A mean over other seeds would move with
 * them.) Normal images stand left of their epoch and novel ones right of it, so
 * that none hides another.
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
  const seeds = new Set(summaries.flatMap(({ seeds }) => seeds)).size;
  const whole = summaries.filter((summary) => summary.seeds.length === seeds);
  const panel = (id: MeasureId, format: string) => {
    const measure = measureOf(id);
    const layers = GROUPS.flatMap((group) => [
      seedLines(runs, measure, group),
      ...seeds > 1 ? meanLine(whole, id, group) : [],
      ...crosses(reference, measure, group),
    ]);
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
        // Room for what stands beside the first and the last epoch.
        scale: { zero: false, padding: 8, nice: false },
      },
      y: {
        field: "value",
        type: "quantitative",
        title,
        axis: { format },
        scale: { zero: format === "%" },
      },
      color: {
        ...GROUP_COLOR,
        legend: { symbolType: "circle", symbolOpacity: 1 },
      },
    },
    layer,
  };
}

type Group = (typeof GROUPS)[number];

/** Pixels from the epoch. */
const OFFSET = { normal: -3, novel: 3 };

/** The mean over seeds, and its interval. */
function meanLine(
  summaries: readonly SeedSummary[],
  id: MeasureId,
  group: Group,
) {
  const values = summaries.map((summary) => {
    const { mean, low = mean, high = mean } = summaryOf(summary, id)[group];
    return { group, epoch: summary.epochs, value: mean, low, high };
  });
  const xOffset = OFFSET[group];
  return [
    {
      data: { values },
      mark: { type: "rule", strokeWidth: 1.5, xOffset },
      encoding: { y: { field: "low" }, y2: { field: "high" } },
    },
    {
      data: { values },
      mark: {
        type: "line",
        strokeWidth: 3,
        point: { size: 50, xOffset },
        xOffset,
      },
    },
  ];
}

function seedLines(runs: readonly Results[], measure: Measure, group: Group) {
  const xOffset = OFFSET[group];
  return {
    data: { values: rows(runs, measure, group) },
    mark: {
      type: "line",
      strokeWidth: 0.8,
      opacity: 0.7,
      point: { size: 12, xOffset },
      xOffset,
    },
    encoding: { detail: { field: "seed" } },
  };
}

function crosses(runs: readonly Results[], measure: Measure, group: Group) {
  if (runs.length === 0) return [];
  return [{
    data: { values: rows(runs, measure, group) },
    mark: {
      type: "point",
      shape: "cross",
      filled: true,
      size: 80,
      opacity: 1,
      xOffset: OFFSET[group],
    },
  }];
}

function rows(runs: readonly Results[], { of }: Measure, group: Group) {
  return runs.map((run) => ({
    group,
    epoch: run.settings.epochs,
    seed: run.settings.seed,
    value: of(run)[group],
  }));
}
