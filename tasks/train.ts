/** Trains the autoencoder, and nothing else; a step of `reproduce` and of sweeps. */
import { relative } from "node:path";
import {
  autoencoderNamed,
  MODEL_NAMES,
  PAPER_MODEL,
} from "../lib/model/autoencoders/mod.ts";
import { modelName } from "../lib/training/model_cache.ts";
import type { LabelledImages } from "../lib/data/images.ts";
import type { Dataset } from "../lib/data/dataset.ts";
import { dataSettings } from "../lib/training/data_settings.ts";
import type { Model } from "../lib/training/model_file.ts";
import { runTraining } from "../lib/training/run.ts";
import type { StatisticsKind } from "../lib/training/running_statistics.ts";
import {
  MOST_EPOCHS,
  PAPER_SETTINGS,
  PASSES,
  type RunSettings,
  trainingSplit,
} from "../lib/training/settings.ts";
import { requireReadable } from "../lib/training/checkpoint.ts";
import { NonFiniteLossError } from "../lib/training/step.ts";
import {
  type FolderPlan,
  folderStore,
  whatIsKept,
} from "./support/checkpoints.ts";
import { DATA_FLAGS, openData, parseClasses } from "./support/data.ts";
import { clearFolder } from "./support/output_folder.ts";
import { RunError, UsageError } from "./support/errors.ts";
import { ROOT } from "./support/process.ts";
import {
  parseChoice,
  parseInteger,
  parseIntegers,
  type Values,
} from "./support/flags.ts";
import { trainingProgress } from "./support/training_progress.ts";
import { type Call, runTask } from "./support/task.ts";
import { claimFolder, loadWeights } from "./support/files.ts";

/** The flags that decide training, and where it goes. */
export const TRAINING_FLAGS = {
  epochs: {
    type: "string",
    value: "N",
    default: "500",
    help: "epochs to train, those of a resumed run included",
  },
  seed: {
    type: "string",
    value: "N",
    default: "0",
    help: "decides initial weights, split and order of the images",
  },
  normal: {
    type: "string",
    value: "CLASSES",
    help: "classes to train on, by name or number; the others are novel " +
      "(default: the data set's; of digits 0 to 4, of pictures the good ones)",
  },
  model: {
    type: "string",
    value: "NAME",
    default: PAPER_MODEL,
    help: `of ${MODEL_NAMES.join(", ")}; docs/methods.md tells of them`,
  },
  ...DATA_FLAGS,
  out: {
    type: "string",
    value: "DIR",
    path: true,
    help:
      "where results go (default data/results/latest/NAME, the model's name)",
  },
  passes: {
    type: "string",
    value: "KIND",
    default: PASSES[0],
    help: "what moves batch norm's running statistics on after each epoch: " +
      "validation images, as in the authors' training, or none",
  },
  keep: {
    type: "string",
    value: "EPOCHS",
    help: "keep the weights after these epochs too, as in --keep 50,150",
  },
  resume: { type: "boolean", help: "go on from the checkpoint in --out" },
  overwrite: {
    type: "boolean",
    help: "replace another run that --out holds",
  },
} as const;

const USAGE =
  `Trains the autoencoder and writes weights.safetensors; \`reproduce\` does this
and evaluates the model as well.

usage: deno task train [flags]`;

/** What to train, and where it goes. */
export interface TrainingPlan extends FolderPlan {
  dataset: Dataset;
  /** Whether another run in the folder may be replaced. */
  overwrite: boolean;
  /** Of batch norm, that the model is measured with, where it is. */
  statistics?: StatisticsKind;
}

/**
 * What the training flags say.
 *
 * @throws {UsageError} when a value is out of range
 * @throws {DataError} when the data set is not there, or not as it should be
 */
export async function trainingPlan(
  flags: Values<typeof TRAINING_FLAGS>,
): Promise<TrainingPlan> {
  const model = parseChoice("model", flags.model, MODEL_NAMES);
  const passes = parseChoice("passes", flags.passes, PASSES);
  const epochs = parseInteger("epochs", flags.epochs, [1, MOST_EPOCHS]);
  const seed = parseInteger("seed", flags.seed, [0, 2 ** 32 - 1]);
  const dataset = await openData(flags);
  const settings = {
    ...PAPER_SETTINGS,
    // The paper's model goes without saying, as in files from before others.
    ...model !== PAPER_MODEL && { model },
    ...passes !== PASSES[0] && { passes },
    ...{ epochs, seed },
    normalClasses: parseClasses(flags.normal, dataset),
    ...dataSettings(dataset),
  };
  requireModel(settings);
  return {
    dataset,
    settings,
    out: flags.out?.replace(/(?<=.)\/+$/, "") ?? latest(modelName(settings)),
    keep: flags.keep ? parseIntegers("keep", flags.keep, [1, epochs]) : [],
    resume: flags.resume,
    overwrite: flags.overwrite,
  };
}

/** The default output folder of a run: other runs have others. */
export const latest = (name: string) => `${ROOT}data/results/latest/${name}`;

/** That the autoencoder can be trained on images of this shape, before any work. */
function requireModel(settings: RunSettings) {
  try {
    requireReadable(autoencoderNamed(settings));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`--data ${settings.data}: ${error.message}`);
  }
}

/**
 * Trains a model, with progress, checkpoints and its weights in a folder.
 *
 * @param plan what to train; its folder is claimed
 * @param training the training file's images
 * @throws {RunError} when the loss stops being finite, or the disk is full
 */
export async function trainInFolder(
  plan: TrainingPlan,
  training: LabelledImages,
): Promise<Model> {
  const { out, settings } = plan;
  const progress = trainingProgress(plan);
  try {
    const events = runTraining(settings, training, folderStore(plan));
    for await (const event of events) progress.show(event);
  } catch (error) {
    if (!(error instanceof NonFiniteLossError)) throw error;
    const finished = progress.finished();
    const kept = finished === 0
      ? "no epoch was finished"
      : `the checkpoint of epoch ${finished} is in ${out}`;
    throw new RunError(`${error.message}; ${kept}`);
  } finally {
    progress.stop();
  }
  return await loadWeights(`${out}/weights.safetensors`);
}

async function train(
  flags: Values<typeof TRAINING_FLAGS>,
  { onStopped }: Call,
): Promise<void> {
  const plan = await trainingPlan(flags);
  using _claim = await claimFolder(plan.out);
  // Images that cannot be read, or are too few, must not cost what is in the folder.
  const { training } = await plan.dataset.load();
  trainingSplit(training.labels, plan.settings);
  await clearFolder({ ...plan, run: plan.settings });
  onStopped(() => whatIsKept(plan.out));
  const { history } = await trainInFolder(plan, training);
  console.log(
    `${
      relative(Deno.cwd(), plan.out) || "."
    }/weights.safetensors: epoch ${history.length}, ` +
      `validation loss ${history.at(-1)!.validation.toFixed(5)}`,
  );
}

if (import.meta.main) {
  await runTask({
    usage: USAGE,
    flags: TRAINING_FLAGS,
    stopped: () => "nothing was trained",
    run: train,
  });
}
