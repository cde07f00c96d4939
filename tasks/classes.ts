/** Whether normal and novel images differ, or some classes from others. */
import { dirname } from "node:path";
import { DIGITS } from "../lib/data/mnist_data.ts";
import { labelsName } from "../lib/data/split.ts";
import { withCaption } from "../lib/figures/chart.ts";
import { classChart } from "../lib/figures/class_chart.ts";
import type { ChartSpec } from "../lib/figures/chart_spec.ts";
import { chartToSvg } from "../lib/figures/render.ts";
import { agreementByClassTable } from "../lib/report/agreement_by_class_table.ts";
import {
  classMeasuresTable,
  controlledMeasuresTable,
  crossedMeasuresTable,
} from "../lib/report/class_measures_table.ts";
import { leftOutTable } from "../lib/report/left_out_table.ts";
import { aurocWithoutClass } from "../lib/studies/left_out.ts";
import type { ImageResult } from "../lib/studies/agreement/evaluation.ts";
import { crossOverTable } from "../lib/report/cross_over_table.ts";
import {
  type ClassedRun,
  measuresByClass,
  statisticsFrom,
} from "../lib/studies/agreement/by_class.ts";
import {
  type ControlledRun,
  crossedPairs,
  type CrossedRuns,
} from "../lib/studies/agreement/cross_over.ts";
import { crossOverChart } from "../lib/figures/cross_over_chart.ts";
import type {
  Results,
  ResultSettings,
} from "../lib/studies/agreement/results.ts";
import {
  loadImageResults,
  loadResults,
  requireRowsOf,
} from "../lib/studies/load_results.ts";
import { shownK } from "../lib/studies/seeds/summary.ts";
import { PAPER } from "../lib/training/settings.ts";
import { UsageError } from "./support/errors.ts";
import { claimResults, OVERWRITE_FLAG } from "./support/files.ts";
import { parseFiles, requireNames, type Values } from "./support/flags.ts";
import { usableRecord, writeFigure, writeResults } from "./support/results.ts";
import { runTask, type Task } from "./support/task.ts";

const FLAGS = {
  results: {
    type: "string",
    value: "FILES",
    help: "results.json files of `reproduce` or `published`, with commas " +
      "between them; each has its per_image.csv beside it",
  },
  controls: {
    type: "string",
    value: "FILES",
    help: "as many results.json files of models that learnt all classes, " +
      "measured with the same --normal, in the order of --results",
  },
  out: {
    type: "string",
    value: "DIR",
    default: "data/results/latest/classes",
    path: true,
    help: "where results.json, table.md and the figure go",
  },
  overwrite: OVERWRITE_FLAG,
} as const;

const USAGE =
  `Tells how well saliency and error map agree class by class, and whether normal
and novel classes differ by more than classes do among themselves: a permutation
test in which each class counts once. Of two runs in which other classes are
normal, it tells what novelty adds to the same classes; with --controls, what is
left of the difference when that of a model is taken off to which no class is
novel.

usage: deno task classes --results FILE,FILE,… [flags]`;

/** A run, and the file that it came from. */
interface Run {
  results: Results;
  path: string;
}

async function classes(flags: Values<typeof FLAGS>): Promise<void> {
  if (!flags.results) {
    throw new UsageError("--results takes the results.json files to look into");
  }
  const opened = await Promise.all(
    parseFiles("results", flags.results).map(openRun),
  );
  const openedControls = flags.controls
    ? await Promise.all(parseFiles("controls", flags.controls).map(openRun))
    : [];
  const { ks, k, names, data } = requireComparable([
    ...opened,
    ...openedControls,
  ]);
  requireControls(opened, openedControls);
  const runs = await Promise.all(opened.map(withRows));
  const controls = await Promise.all(openedControls.map(withRows));
  const classedBy = (k: number) => runs.map((run) => classedRun(run, k));
  const controlledBy = (k: number) =>
    controls.map((control, i): ControlledRun => [
      classedRun(runs[i], k),
      classedRun(control, k),
    ]);
  const classed = classedBy(k);
  const byK = ks.map(classedBy);
  requireNames("results", "run", classed.map(({ name }) => name));
  using _claim = await claimResults(flags.out, flags.overwrite);
  // A figure of other runs, where these cannot be crossed.
  for (const kind of ["svg", "png"]) {
    await Deno.remove(`${flags.out}/cross_over.${kind}`).catch(() => {});
  }
  const draw = async (name: string, chart: ChartSpec) =>
    await writeFigure(
      `${flags.out}/${name}`,
      await chartToSvg(withCaption(chart, `on ${data}`)),
    );
  const leftOut = runs.map(({ results, rows }) => ({
    name: nameOf(results.settings),
    auroc: results.auroc,
    without: aurocWithoutClass(
      rows.map(({ reconstructionLoss }) => reconstructionLoss),
      rows.map(({ label }) => label),
      results.settings.normalClasses,
    ),
  }));
  await draw("classes", classChart(classed, names));
  const pairs = crossedPairs(classed);
  if (pairs.length > 0) await draw("cross_over", crossOverChart(pairs, names));
  await writeResults(
    flags.out,
    {
      ...{ kind: "classes", runs: classed },
      otherK: byK.flat().filter((run) => run.k !== k),
      controls: ks.flatMap(controlledBy).map(([, control]) => control),
      leftOut,
    },
    [
      `Share of images with top-${k} agreement above ${k / 2} (mean ` +
      "agreement, pixels); normal classes in bold:",
      agreementByClassTable(classed, names),
      "What novel classes have more than normal ones, by each measure (p over " +
      "classes):",
      classMeasuresTable(
        ks.map((k, i) => [
          ...byK[i],
          ...controlledBy(k).map(([, control]) => control),
        ]),
      ),
      "AUROC of the loss r̄ without the images of one class:",
      leftOutTable(leftOut, names),
      ...pairs.length > 0 ? crossTables(pairs, byK) : [],
      ...controls.length > 0
        ? [
          "What novel classes have more than normal ones, less the same in a " +
          "model that learnt all classes (p over classes):",
          controlledMeasuresTable(ks.map(controlledBy)),
        ]
        : [],
    ].join("\n\n"),
  );
  console.log(`\nwritten to ${flags.out}`);
}

function crossTables(
  pairs: readonly CrossedRuns[],
  byK: readonly ClassedRun[][],
): string[] {
  return [
    "What novelty adds to the same class, from two runs in which other classes " +
    "are novel:",
    crossOverTable(pairs),
    "The same by each measure (p over classes):",
    crossedMeasuresTable(byK.map(crossedPairs)),
  ];
}

const openRun = async (path: string): Promise<Run> => ({
  path,
  results: await usableRecord(path, loadResults),
});

/** A run with the measures of each image. */
interface MeasuredRun extends Run {
  rows: ImageResult[];
}

async function withRows({ path, results }: Run): Promise<MeasuredRun> {
  const rows = await usableRecord(
    `${dirname(path)}/per_image.csv`,
    async (file) => {
      const rows = await loadImageResults(file);
      requireRowsOf(results, rows, file);
      return rows;
    },
  );
  return { path, results, rows };
}

function classedRun(
  { results: { settings }, rows }: MeasuredRun,
  k: number,
): ClassedRun {
  return {
    name: nameOf(settings),
    k,
    gradient: settings.gradient,
    model: settings.model,
    epochs: settings.epochs,
    seed: settings.seed,
    statistics: statisticsFrom(settings),
    learnt: settings.learnt,
    classes: measuresByClass(rows, k),
  };
}

const isPapersSplit = (labels: readonly number[]) =>
  labelsName(labels) === labelsName(PAPER.normalClasses);

/** What tells a run from the others in a table, beside the paper's settings. */
function nameOf(
  {
    seed,
    epochs,
    weights = "a model",
    gradient,
    model,
    passes,
    statistics,
    normalClasses,
  }: ResultSettings,
): string {
  return [
    ...model ? [model] : [],
    ...isPapersSplit(normalClasses)
      ? []
      : [`normal ${labelsName(normalClasses)}`],
    seed === undefined ? weights : `seed ${seed}, ${epochs} epochs`,
    gradient,
    ...passes ? [`passes ${passes}`] : [],
    ...statistics ? [statistics] : [],
  ].join(", ");
}

/** One table has one K, and one data set's classes; `ks` are those of all runs. */
function requireComparable(runs: readonly Run[]): {
  ks: readonly number[];
  k: number;
  names: readonly string[];
  data: string;
} {
  const settings = runs.map(({ results }) => results.settings);
  const kinds = settings.map(({ data, k }) => `${data}, K = ${shownK(k)}`);
  const other = kinds.find((kind) => kind !== kinds[0]);
  if (other) {
    throw new UsageError(
      `--results: the runs must be of the same data and K; they have ${
        kinds[0]
      } and ${other}`,
    );
  }
  const [{ k, data, classes = DIGITS }] = settings;
  const ks = k.filter((k) => settings.every((other) => other.k.includes(k)));
  return { ks, k: shownK(k), names: classes, data };
}

/** Each run has its control, which learnt all classes as far as can be told. */
function requireControls(runs: readonly Run[], controls: readonly Run[]) {
  if (controls.length === 0) return;
  if (controls.length !== runs.length) {
    throw new UsageError(
      `--controls takes as many files as --results, ${runs.length}; there are ${controls.length}`,
    );
  }
  controls.forEach(({ path, results: { settings } }, i) => {
    const own = runs[i].results.settings;
    const sorted = (classes: readonly number[]) => classes.toSorted().join(",");
    const normal = sorted(own.normalClasses);
    if (sorted(settings.normalClasses) !== normal) {
      throw new UsageError(
        `--controls: ${path} was measured with other normal classes than its run; ` +
          `measure it with --normal ${normal}`,
      );
    }
    if (settings.gradient !== own.gradient) {
      throw new UsageError(
        `--controls: ${path} was measured with the ${settings.gradient} gradient, ` +
          `its run with the ${own.gradient} one`,
      );
    }
    if (settings.seed !== undefined && !settings.learnt) {
      throw new UsageError(
        `--controls: ${path} is of a model that learnt the normal classes alone; ` +
          "a control learnt all classes",
      );
    }
  });
}

export const classesTask: Task<typeof FLAGS> = {
  usage: USAGE,
  flags: FLAGS,
  run: classes,
};

if (import.meta.main) await runTask(classesTask);
