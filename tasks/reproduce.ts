/** The whole experiment, headless: train or load, maps, metrics, figures. */
import { existsSync } from "node:fs";
import { basename, relative } from "node:path";
import { loadMnist, loadTest } from "../lib/data/mnist.ts";
import { splitNormal } from "../lib/data/split.ts";
import {
  autoencoderNamed,
  type ModelName,
  modelNameOf,
  PAPER_MODEL,
} from "../lib/model/autoencoders/mod.ts";
import type { Gradient } from "../lib/model/evaluation_mode.ts";
import { resultsTable } from "../lib/report/results_table.ts";
import { modelPath } from "../lib/training/model_cache.ts";
import { type LoadedModel, modelFile } from "../lib/training/model_file.ts";
import {
  STATISTICS_KINDS,
  type StatisticsKind,
  updateStatistics,
} from "../lib/training/running_statistics.ts";
import { PAPER, type RunSettings } from "../lib/training/settings.ts";
import { initTraining } from "../lib/training/state.ts";
import { trainingCost } from "../lib/training/training_cost.ts";
import type { StateDict } from "../lib/weights/state_dict.ts";
import {
  duration,
  helpText,
  onStop,
  parseChoice,
  parseFlags,
  parseIntegers,
  runTask,
  UsageError,
} from "./support/cli.ts";
import { evaluateModel } from "./support/evaluate.ts";
import { claimFolder, loadWeights, writeAtomically } from "./support/files.ts";
import { clearFolder } from "./support/output_folder.ts";
import {
  trainInFolder,
  TRAINING_FLAGS,
  type TrainingPlan,
  trainingPlan,
} from "./train.ts";

const FLAGS = {
  ...TRAINING_FLAGS,
  k: {
    type: "string",
    value: "NUMBERS",
    default: PAPER.ks.join(","),
    help: "sizes of the top-K sets",
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
  statistics: {
    type: "string",
    value: "KIND",
    default: "as-stored",
    help:
      "batch norm's running statistics: as-stored, validation (moved on by the " +
      "validation images, as in the authors' training) or precise (averaged " +
      "over the training set)",
  },
  retrain: {
    type: "boolean",
    help: "train, even where data/models has a model of these settings",
  },
  quick: { type: "boolean", help: "2 epochs unless --epochs says otherwise" },
  help: { type: "boolean", help: "print this" },
} as const;

const USAGE =
  `Reproduces Feeney & Hughes (2021) on MNIST: takes the trained autoencoder of
these settings from data/models, or trains it, computes the saliency and the
reconstruction-error map of every test image, compares them, and writes
results.json, per_image.csv, table.md, the figures and report.html.

usage: deno task reproduce [flags]`;

interface Plan extends TrainingPlan {
  ks: number[];
  gradient: Gradient;
  statistics: StatisticsKind;
  weightsFile?: string;
  retrain: boolean;
}

const QUICK_EPOCHS = "2";
const PIXELS = 784;
const GRADIENTS: Gradient[] = ["exact", "as-published"];

function planOf(args: string[]): Plan | undefined {
  const flags = parseFlags(args, FLAGS);
  if (flags.help) {
    console.log(helpText(USAGE, FLAGS));
    return;
  }
  if (flags.weights !== undefined) requireNoTraining(args);
  const quick = flags.quick && !isGiven(args, "epochs");
  return {
    ...trainingPlan(quick ? { ...flags, epochs: QUICK_EPOCHS } : flags),
    ks: parseIntegers("k", flags.k, [1, PIXELS]),
    gradient: parseChoice("gradient", flags.gradient, GRADIENTS),
    statistics: parseChoice("statistics", flags.statistics, STATISTICS_KINDS),
    weightsFile: flags.weights,
    retrain: flags.retrain,
  };
}

const isGiven = (args: string[], flag: string) =>
  args.some((arg) => arg === `--${flag}` || arg.startsWith(`--${flag}=`));

/** The flags of training say nothing of a model that is given. */
function requireNoTraining(args: string[]) {
  const training = [
    ...["model", "epochs", "seed", "keep", "resume", "retrain", "quick"],
  ];
  const flag = training.find((name) => isGiven(args, name));
  if (flag === undefined) return;
  throw new UsageError(
    `--${flag} is for training; with --weights there is none`,
  );
}

async function reproduce(args: string[]): Promise<void> {
  const started = performance.now();
  const plan = planOf(args);
  if (!plan) return;
  const { out, gradient, statistics } = plan;
  using _claim = await claimFolder(out);
  const given = await givenModel(plan, isGiven(args, "normal"));
  const settings = given?.settings ?? plan.settings;
  const { data, normalClasses } = settings;
  await clearFolder({ ...plan, settings, input: given?.path });
  if (data === "mnist") {
    console.error(
      "note: --data mnist tests on images set aside from MNIST's TRAINING file; " +
        "these are not the paper's test images",
    );
  }
  const model = given?.model ?? await trainModel(plan);
  const updated = await withStatistics(model, statistics, out);
  using _stop = onStop(() =>
    console.error(`stopped; ${out} has no results yet`)
  );
  const test = await loadTest(data);
  const name = given && basename(given.path);
  const { results } = await evaluateModel(updated.weights, test, {
    ...{ data, normalClasses, gradient, k: plan.ks },
    ...settings.model && { model: settings.model },
    ...name && { weights: name },
    ...statistics !== "as-stored" && { statistics },
    ...trainingOf(model),
  }, out);
  const { counts, auroc } = results;
  console.log(
    `${counts.normal} normal and ${counts.novel} novel test images of ${data}, ` +
      `${gradient} gradient\n\n${resultsTable(results)}\n\n` +
      `AUROC of the reconstruction loss: ${auroc.toFixed(3)} (chance 0.5)\n` +
      `written to ${out} in ${duration((performance.now() - started) / 1000)}`,
  );
}

/** A trained model, and what it is measured with. */
interface GivenModel {
  path: string;
  model: LoadedModel;
  settings: RunSettings;
}

/** The model of --weights, or the one in data/models, if there is one. */
async function givenModel(
  { settings, weightsFile, retrain, resume, keep }: Plan,
  choosesClasses: boolean,
): Promise<GivenModel | undefined> {
  if (weightsFile !== undefined) {
    const model = await loadWeights(weightsFile);
    // The file knows best, except for what the command line says of the test.
    const { data, normalClasses } = settings;
    const known = model.settings ??
      { ...settings, model: nameOf(model.weights) };
    return {
      ...{ path: weightsFile, model },
      settings: { ...known, data, ...choosesClasses && { normalClasses } },
    };
  }
  if (retrain || resume || keep.length > 0) return;
  const path = modelPath(settings);
  if (!existsSync(path)) return;
  const model = await loadWeights(path);
  const batches = model.batchesTracked === undefined
    ? ""
    : `, running statistics from ${model.batchesTracked} batches`;
  console.error(
    `taking ${
      relative(Deno.cwd(), path)
    } (seed ${settings.seed}, ${settings.epochs} epochs${batches}); ` +
      "--retrain trains it anew",
  );
  return { path, model, settings };
}

/** The model that weights are of, if not the paper's. */
function nameOf(weights: StateDict): ModelName | undefined {
  const name = modelNameOf(weights);
  return name === PAPER_MODEL ? undefined : name;
}

async function trainModel(plan: Plan): Promise<LoadedModel> {
  const { settings, resume } = plan;
  const { training } = await loadMnist(settings.data);
  if (!resume) {
    const start = initTraining(settings.seed, autoencoderNamed(settings));
    const { steps, seconds } = trainingCost(start, training, settings);
    console.error(
      `${settings.epochs} epochs are ${steps} steps, about ${
        duration(seconds)
      } on this machine as it is busy now; Ctrl-C at any time, --resume goes on`,
    );
  }
  return await trainInFolder(plan, training);
}

/** The model with other running statistics, written beside the results. */
async function withStatistics(
  model: LoadedModel,
  kind: StatisticsKind,
  out: string,
): Promise<LoadedModel> {
  if (kind === "as-stored") return model;
  const { settings } = model;
  if (!settings) {
    throw new UsageError(
      `--statistics ${kind} passes the images of the model's own training ` +
        "through it, and the file does not say which these were",
    );
  }
  const { training } = await loadMnist(settings.data);
  const updated = {
    ...model,
    ...updateStatistics(
      kind,
      model,
      training,
      splitNormal(training.labels, settings.normalClasses, settings.seed),
      settings,
      autoencoderNamed(settings),
    ),
  };
  await writeAtomically(
    `${out}/weights.safetensors`,
    modelFile(settings, updated),
  );
  return updated;
}

/** How a model was trained, as results say it. */
function trainingOf({ settings }: LoadedModel) {
  if (!settings) return {};
  const { epochs, batchSize, learningRate, seed } = settings;
  return { epochs, batchSize, learningRate, seed };
}

if (import.meta.main) await runTask(reproduce);
