/** The paper's measures against batch norm's running statistics. */
import {
  differingSetting,
  PAPER,
  type RunSettings,
} from "../lib/training/settings.ts";
import { autoencoderNamed } from "../lib/model/autoencoders/mod.ts";
import { chartToSvg } from "../lib/figures/render.ts";
import { withCaption } from "../lib/figures/chart.ts";
import { statisticsCaption } from "../lib/report/captions.ts";
import { statisticsCurve } from "../lib/figures/statistics_curve.ts";
import { statisticsTable } from "../lib/report/statistics_table.ts";
import {
  type StatisticsRow,
  type StudiedModel,
  studyStatistics,
} from "../lib/studies/running_statistics/statistics_study.ts";
import { UsageError } from "./support/errors.ts";
import { withProgress } from "./support/progress.ts";
import { parseFiles, type Values } from "./support/flags.ts";
import { runTask, type Task } from "./support/task.ts";
import { DATA_DEFAULTS, openData } from "./support/data.ts";
import { claimResults, loadWeights, OVERWRITE_FLAG } from "./support/files.ts";
import { writeFigure, writeResults } from "./support/results.ts";

const FLAGS = {
  weights: {
    type: "string",
    value: "FILES",
    help: "models of one training, with commas between them",
  },
  out: {
    type: "string",
    value: "DIR",
    default: "data/results/latest/running_statistics",
    path: true,
    help: "where results.json, table.md and the figure go",
  },
  overwrite: OVERWRITE_FLAG,
} as const;

const USAGE =
  `Measures models of one training with the running statistics gathered in its
steps, with those moved on by the validation images as in the authors' training,
and with those averaged over the training set (precise batch norm). Where the
training moved them on, as \`train\` does, the first are gone and left out.

usage: deno task statistics --weights FILE,FILE,… [flags]`;

async function statistics(flags: Values<typeof FLAGS>): Promise<void> {
  const { weights, out } = flags;
  if (!weights) throw new UsageError("--weights takes the models' files");
  const models = await Promise.all(
    parseFiles("weights", weights).map(studiedModel),
  );
  requireOneTraining(models.map(({ settings }) => settings));
  const { settings } = models[0];
  const { shape } = autoencoderNamed(settings);
  const dataset = await openData({ ...DATA_DEFAULTS, out }, {
    ...settings,
    shape,
  });
  using _claim = await claimResults(out, flags.overwrite);
  const images = await dataset.load();
  const rows: StatisticsRow[] = [];
  for (const model of models) {
    const study = await withProgress(
      `epoch ${model.settings.epochs}`,
      (onProgress) =>
        Array.fromAsync(
          studyStatistics(model, images, { ks: [...PAPER.ks], onProgress }),
        ).catch(unsuited),
    );
    rows.push(...study);
  }
  rows.sort((a, b) => a.epochs - b.epochs);
  const curve = withCaption(statisticsCurve(rows), statisticsCaption(rows));
  await writeFigure(`${out}/curve`, await chartToSvg(curve));
  await writeResults(
    out,
    { kind: "running statistics", rows },
    statisticsTable(rows),
  );
  console.log(`\nwritten to ${out}`);
}

function unsuited(error: Error): never {
  if (!(error instanceof RangeError)) throw error;
  throw new UsageError(`--weights: ${error.message}`);
}

/** Rows of one table differ in the epochs, and in nothing else. */
function requireOneTraining([first, ...others]: RunSettings[]) {
  const epochs = new Set([first, ...others].map(({ epochs }) => epochs));
  const differing = others.map((other) => differingSetting(other, first))
    .find((found) => found) ??
    (epochs.size <= others.length ? "the same epochs twice" : undefined);
  if (!differing) return;
  throw new UsageError(
    `--weights: the models must be of one training at different epochs; one has ${differing}`,
  );
}

async function studiedModel(path: string): Promise<StudiedModel> {
  const { settings, ...model } = await loadWeights(path);
  if (settings) return { ...model, settings };
  throw new UsageError(
    `${path} does not say how it was trained, so its images are not known: ` +
      "take a file that `train` or `reproduce` wrote",
  );
}

export const statisticsTask: Task<typeof FLAGS> = {
  usage: USAGE,
  flags: FLAGS,
  stopped: ({ out }) => `${out} does not hold all results yet`,
  run: statistics,
};

if (import.meta.main) await runTask(statisticsTask);
