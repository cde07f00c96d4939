/** The whole experiment, headless: train or load, maps, metrics, figures. */
import { requireBothGroups } from "../lib/studies/agreement/groups.ts";
import { existsSync } from "node:fs";
import { basename, dirname, extname, relative, resolve } from "node:path";
import type { Dataset } from "../lib/data/dataset.ts";
import type { LabelledImages } from "../lib/data/images.ts";
import { dataSettings } from "../lib/training/data_settings.ts";
import {
  autoencoderNamed,
  type ModelName,
  modelNameOf,
  PAPER_MODEL,
} from "../lib/model/autoencoders/mod.ts";
import { type Gradient, GRADIENTS } from "../lib/model/evaluation_mode.ts";
import type {
  Results,
  ResultSettings,
} from "../lib/studies/agreement/results.ts";
import { verdicts } from "../lib/studies/paper/findings.ts";
import { isPaperExperiment } from "../lib/studies/paper/reported.ts";
import { loadResults } from "../lib/studies/load_results.ts";
import { ROOT } from "./support/process.ts";
import { resultsTable } from "../lib/report/results_table.ts";
import {
  modelName,
  modelPath,
  requireImages,
  requireRun,
} from "../lib/training/model_cache.ts";
import { type LoadedModel, modelFile } from "../lib/training/model_file.ts";
import {
  STATISTICS_KINDS,
  type StatisticsKind,
  updateStatistics,
} from "../lib/training/running_statistics.ts";
import {
  PAPER,
  type RunSettings,
  trainingSplit,
} from "../lib/training/settings.ts";
import { initTraining } from "../lib/training/state.ts";
import { trainingCost } from "../lib/training/training_cost.ts";
import type { StateDict } from "../lib/weights/state_dict.ts";
import { duration } from "../lib/support/duration.ts";
import { UsageError } from "./support/errors.ts";
import { parseChoice, parseIntegers, type Values } from "./support/flags.ts";
import { type Call, runTask, type Task } from "./support/task.ts";
import {
  DATA_DEFAULTS,
  learntElsewhere,
  normalClassesOf,
  openData,
  openRecorded,
  requireShape,
} from "./support/data.ts";
import { evaluateModel } from "./support/evaluate.ts";
import {
  claimFolder,
  isTfjsModel,
  loadModel,
  loadWeights,
  type OpenModel,
  weightsName,
  writeAtomically,
} from "./support/files.ts";
import { whatIsKept } from "./support/checkpoints.ts";
import { clearFolder } from "./support/output_folder.ts";
import {
  latest,
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
    help: "take this model (.safetensors, .pt, model.json), train nothing",
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
} as const;

const USAGE =
  `Reproduces Feeney & Hughes (2021) on MNIST: takes the trained autoencoder of
these settings from data/models, or trains it, computes the saliency and the
reconstruction-error map of every test image, compares them, and writes
results.json, per_image.csv, table.md, the figures and report.html.

usage: deno task reproduce [flags]`;

interface Plan extends TrainingPlan {
  flags: Values<typeof FLAGS>;
  ks: number[];
  gradient: Gradient;
  statistics: StatisticsKind;
  retrain: boolean;
}

const QUICK_EPOCHS = "2";

/** Fewer leave a model that has hardly learnt, however many epochs they are. */
const FEW_STEPS = 1000;

async function planOf(
  flags: Values<typeof FLAGS>,
  given: Call["given"],
): Promise<Plan> {
  if (flags.weights !== undefined) requireNoTraining(given);
  requireOwnLayers(flags);
  if (flags.retrain && flags.resume) {
    throw new UsageError(
      "--retrain starts afresh and --resume goes on: give one",
    );
  }
  const quick = flags.quick && !given.has("epochs");
  const training = await trainingPlan({
    ...flags,
    ...quick && { epochs: QUICK_EPOCHS },
    // Of a model that is given, its data know which classes there are.
    ...flags.weights !== undefined && { normal: undefined, ...DATA_DEFAULTS },
  });
  const ks = parseIntegers("k", flags.k, [1, 2 ** 24]);
  return {
    ...training,
    out: flags.out === undefined
      ? defaultFolder(flags, training, ks)
      : training.out,
    ...{ flags, ks },
    gradient: parseChoice("gradient", flags.gradient, GRADIENTS),
    statistics: parseChoice("statistics", flags.statistics, STATISTICS_KINDS),
    retrain: flags.retrain,
  };
}

/** The flags of training say nothing of a model that is given. */
function requireNoTraining(given: Call["given"]) {
  const training = [
    ...["model", "epochs", "seed", "passes"],
    ...["keep", "resume", "retrain", "quick"],
  ];
  const flag = training.find((name) => given.has(name));
  if (flag === undefined) return;
  throw new UsageError(
    `--${flag} is for training; with --weights there is none`,
  );
}

/** What differs from the paper's way is in the folder's name. */
function defaultFolder(
  { weights, gradient, statistics }: Values<typeof FLAGS>,
  { settings }: TrainingPlan,
  ks: number[],
): string {
  const name = weights === undefined
    ? modelName(settings)
    // Every TensorFlow.js model is called model.json.
    : isTfjsModel(weights)
    ? basename(dirname(resolve(weights)))
    : basename(weights, extname(weights));
  const others = [gradient, statistics]
    .filter((kind) => kind !== "exact" && kind !== "as-stored");
  const sizes = String(ks) === String(PAPER.ks) ? [] : [`k${ks.join("-")}`];
  return latest([name, ...others, ...sizes].join("_"));
}

/** What is done to a model's layers is not done to those of a stranger. */
function requireOwnLayers(
  { weights = "", gradient, statistics }: Values<typeof FLAGS>,
) {
  if (!isTfjsModel(weights)) return;
  const given = gradient !== "exact"
    ? `--gradient ${gradient}`
    : statistics !== "as-stored"
    ? `--statistics ${statistics}`
    : undefined;
  if (given === undefined) return;
  throw new UsageError(
    `${given} needs the layers of one of the project's autoencoders, and ` +
      `${weights} is a TensorFlow.js model; leave it out`,
  );
}

async function reproduce(
  flags: Values<typeof FLAGS>,
  call: Call,
): Promise<void> {
  const started = performance.now();
  const plan = await planOf(flags, call.given);
  const { out } = plan;
  // First, for it refuses results among the images.
  const given = await givenModel(plan);
  using _claim = await claimFolder(out);
  const { settings, dataset } = given ?? plan;
  requirePixels(plan.ks, dataset);
  const measured = measuredOf(plan, given);
  const run = given ? given.model.settings : settings;
  // Images that cannot be read, or are too few, must not cost what is in the folder.
  const images = given ? undefined : await dataset.load();
  const test = images?.test ?? await dataset.loadTest();
  requireComparable(test, measured.normalClasses, dataset);
  if (images) trainingSplit(images.training.labels, settings);
  const passed = images?.training ?? await imagesPassed(given!, plan);
  const authors = await authorsResults();
  await clearFolder({
    ...{ ...plan, run, measured },
    ...{ isTrained: given !== undefined, input: given?.path },
  });
  if (!given) {
    call.onStopped(() => `the results are not whole; ${whatIsKept(out)}`);
  }
  if (settings.data === "mnist") {
    console.error(
      "note: --data mnist tests on images set aside from MNIST's TRAINING file; " +
        "these are not the paper's test images",
    );
  }
  const model = given?.model ?? await trainModel(plan, images!.training);
  const updated = "weights" in model
    ? await withStatistics(model, passed, plan)
    : model;
  const { results } = await evaluateModel(
    updated,
    test,
    measured,
    out,
    { authors },
  );
  const { counts, auroc } = results;
  console.log(
    `${counts.normal} normal and ${counts.novel} novel test images of ${measured.data}, ` +
      `${measured.gradient} gradient\n\n${resultsTable(results, authors)}\n\n` +
      `AUROC of the reconstruction loss: ${auroc.toFixed(3)} (chance 0.5)\n` +
      findingsText(results) +
      `written to ${shown(out)} in ${
        duration((performance.now() - started) / 1000)
      }; open report.html there`,
  );
}

/** How many of the paper's findings hold, where the run is its experiment. */
function findingsText(results: Results): string {
  if (!isPaperExperiment(results.settings)) return "";
  const found = verdicts(results);
  const holding = found.filter(({ holds }) => holds).length;
  return `${holding} of the paper's ${found.length} findings hold\n`;
}

/** A folder as the user would type it. */
const shown = (path: string) => relative(Deno.cwd(), path) || ".";

/** The recorded results of the authors' weights under the exact gradient, if they are there. */
async function authorsResults(): Promise<Results | undefined> {
  const path = `${ROOT}data/results/published/exact/results.json`;
  return existsSync(path) ? await loadResults(path) : undefined;
}

/** K has at most as many pixels as an image. */
function requirePixels(ks: number[], { name, shape }: Dataset) {
  const pixels = shape[0] * shape[1];
  const bad = ks.find((k) => k > pixels);
  if (bad === undefined) return;
  throw new UsageError(
    `--k takes whole numbers from 1 to ${pixels}, the pixels of ${name}, not "${bad}"`,
  );
}

/** A trained model, and what it is measured with. */
interface GivenModel {
  path: string;
  model: LoadedModel | OpenModel;
  settings: RunSettings;
  dataset: Dataset;
}

/** The model of --weights, or the one in data/models, if there is one. */
async function givenModel(
  { settings, dataset, flags, retrain, resume, keep }: Plan,
): Promise<GivenModel | undefined> {
  if (flags.weights !== undefined) {
    const model = isTfjsModel(flags.weights)
      ? await loadModel(flags.weights)
      : await loadWeights(flags.weights);
    // The file knows best, except for what the command line says of the test.
    const { shape } = "weights" in model ? model.autoencoder : model;
    const own = await openData(flags, { ...model.settings, shape });
    requireShape({ shape }, own);
    const known = model.settings ??
      {
        ...settings,
        model: "weights" in model ? nameOf(model.weights) : undefined,
      };
    const normalClasses = normalClassesOf(flags.normal, model, own);
    return {
      ...{ path: flags.weights, model, dataset: own },
      settings: { ...known, ...dataSettings(own), normalClasses },
    };
  }
  if (retrain || resume || keep.length > 0) return;
  const path = modelPath(settings);
  if (!existsSync(path)) return;
  const model = await loadWeights(path);
  requireRun(relative(Deno.cwd(), path), model.settings, settings);
  if (model.images) {
    const { training } = await dataset.load();
    await requireImages(relative(Deno.cwd(), path), model, training);
  }
  const batches = model.batchesTracked === undefined
    ? ""
    : `, running statistics from ${model.batchesTracked} batches`;
  console.error(
    `taking ${
      relative(Deno.cwd(), path)
    } (seed ${settings.seed}, ${settings.epochs} epochs${batches}); ` +
      "--retrain trains it anew",
  );
  return { path, model, settings, dataset };
}

/** The model that weights are of, if not the paper's. */
function nameOf(weights: StateDict): ModelName | undefined {
  const name = modelNameOf(weights);
  return name === PAPER_MODEL ? undefined : name;
}

async function trainModel(
  plan: Plan,
  training: LabelledImages,
): Promise<LoadedModel> {
  const { settings, resume } = plan;
  if (!resume) {
    const start = initTraining(settings.seed, autoencoderNamed(settings));
    const { steps, seconds } = trainingCost(start, training, settings);
    console.error(
      `${settings.epochs} epoch${
        settings.epochs === 1 ? " is" : "s are"
      } ${steps} steps${
        steps < FEW_STEPS ? " (few: the paper's training takes 60,000)" : ""
      }, about ${
        duration(seconds)
      } on this machine as it is busy now; Ctrl-C at any time, --resume goes on`,
    );
  }
  const model = await trainInFolder(plan, training);
  return { ...model, autoencoder: autoencoderNamed(settings), settings };
}

/** That there are images of both groups to compare. */
function requireComparable(
  test: LabelledImages,
  normalClasses: number[],
  { name }: Dataset,
) {
  try {
    requireBothGroups(test, normalClasses);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`test images of ${name}: ${error.message}`);
  }
}

/** The file that other running statistics are written to. */
const statisticsFile = ({ out, statistics }: Plan) =>
  `${out}/weights_${statistics}.safetensors`;

/**
 * The images of a given model's own training, where its running statistics are
 * to be others.
 */
async function imagesPassed(
  { path, model }: GivenModel,
  plan: Plan,
): Promise<LabelledImages | undefined> {
  if (plan.statistics === "as-stored" || !("weights" in model)) return;
  if (!model.settings) {
    throw new UsageError(
      `--statistics ${plan.statistics} passes the images of the model's own ` +
        "training through it, and the file does not say which these were",
    );
  }
  const written = statisticsFile(plan);
  if (
    existsSync(written) &&
    await Deno.realPath(written) === await Deno.realPath(path)
  ) {
    throw new UsageError(
      `--statistics ${plan.statistics} writes ${written}, which is the model ` +
        "that is read: give another --out",
    );
  }
  const { height, channels } = model.autoencoder.shape;
  const dataset = await openRecorded(model.settings.data, height, channels);
  return (await dataset.load()).training;
}

/** The model with other running statistics, written beside the results. */
async function withStatistics(
  model: LoadedModel,
  training: LabelledImages | undefined,
  plan: Plan,
): Promise<LoadedModel> {
  const { statistics: kind } = plan;
  const { settings } = model;
  if (kind === "as-stored" || !settings || !training) return model;
  const updated = {
    ...model,
    ...updateStatistics(
      kind,
      model,
      training,
      trainingSplit(training.labels, settings),
      settings,
      autoencoderNamed(settings),
    ),
  };
  await writeAtomically(
    statisticsFile(plan),
    modelFile({ ...settings, statistics: kind }, updated),
  );
  return updated;
}

/** What results.json says of the model and of how it is measured. */
function measuredOf(
  { ks, gradient, statistics, settings: planned }: Plan,
  given: GivenModel | undefined,
): ResultSettings {
  const tested = given?.settings ?? planned;
  const { data, normalClasses, classes, model } = tested;
  const learnt = given?.model.settings &&
    learntElsewhere(given.model.settings, tested);
  const isStranger = given && !("weights" in given.model);
  return {
    ...{ data, normalClasses, gradient, k: ks },
    ...classes && { classes },
    ...learnt && { learnt },
    ...isStranger ? { model: "TensorFlow.js model" } : model && { model },
    ...given && { weights: weightsName(given.path) },
    ...trainingOf(given ? given.model.settings : planned),
    ...statistics !== "as-stored" && { statistics },
  };
}

/** How a model was trained, as results say it. */
function trainingOf(settings: RunSettings | undefined) {
  if (!settings) return {};
  const { epochs, batchSize, learningRate, seed, passes, statistics } =
    settings;
  return {
    ...{ epochs, batchSize, learningRate, seed },
    ...passes && { passes },
    ...statistics && { statistics },
  };
}

export const reproduceTask: Task<typeof FLAGS> = {
  usage: USAGE,
  flags: FLAGS,
  stopped: () => "the results are not whole",
  run: reproduce,
};

if (import.meta.main) await runTask(reproduceTask);
