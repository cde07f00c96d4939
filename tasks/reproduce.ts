/** The whole experiment, headless: train or load, maps, metrics, figures. */
import { PAPER } from "../lib/training/settings.ts";
import {
  autoencoderOf,
  AUTOENCODERS,
  MODEL_NAMES,
  type ModelName,
} from "../lib/model/autoencoders/mod.ts";
import type { Gradient } from "../lib/model/evaluation_mode.ts";
import { loadMnist, loadTest } from "../lib/data/mnist.ts";
import type { ResultSettings } from "../lib/studies/agreement/results.ts";
import type { StateDict } from "../lib/weights/state_dict.ts";
import { resultsTable } from "../lib/report/results_table.ts";
import {
  duration,
  helpText,
  parseChoice,
  parseFlags,
  parseIntegers,
  runTask,
  UsageError,
} from "./support/cli.ts";
import { evaluateModel } from "./support/evaluate.ts";
import { claimFolder, loadWeights } from "./support/files.ts";
import {
  TRAINING_FLAGS,
  type TrainingPlan,
  trainingPlan,
  trainModel,
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
  quick: { type: "boolean", help: "2 epochs unless --epochs says otherwise" },
  help: { type: "boolean", help: "print this" },
} as const;

const USAGE =
  `Reproduces Feeney & Hughes (2021) on MNIST: trains the autoencoder, computes
the saliency and the reconstruction-error map of every test image, compares
them, and writes results.json, per_image.csv, table.md and the figures.

usage: deno task reproduce [flags]`;

interface Plan extends TrainingPlan {
  ks: number[];
  gradient: Gradient;
  weightsFile?: string;
}

const QUICK_EPOCHS = "2";
const PIXELS = 784;
const GRADIENTS: Gradient[] = ["exact", "as-published"];

function plan(args: string[]): Plan | undefined {
  const flags = parseFlags(args, FLAGS);
  if (flags.help) {
    console.log(helpText(USAGE, FLAGS));
    return;
  }
  const quick = flags.quick && !args.some((arg) => arg.startsWith("--epochs"));
  return {
    ...trainingPlan(quick ? { ...flags, epochs: QUICK_EPOCHS } : flags),
    ks: parseIntegers("k", flags.k, [1, PIXELS]),
    gradient: parseChoice("gradient", flags.gradient, GRADIENTS),
    weightsFile: flags.weights,
  };
}

/** What the results say about themselves. */
function describe(
  { settings, gradient, ks: k, weightsFile }: Plan,
  known: boolean,
): ResultSettings {
  const { data, normalClasses, model, ...training } = settings;
  return {
    ...{ data, normalClasses, gradient, k },
    ...model && { model },
    ...weightsFile && { weights: weightsFile.split("/").at(-1) },
    ...known && training,
  };
}

async function reproduce(args: string[]): Promise<void> {
  const started = performance.now();
  const todo = plan(args);
  if (!todo) return;
  const { out, gradient } = todo;
  const { weightsFile } = todo;
  const given = weightsFile === undefined
    ? undefined
    : await loadWeights(weightsFile);
  if (given) requireNoTraining(args);
  if (given?.settings) {
    // The file knows best, except for what the command line says of the test.
    const { data, normalClasses } = todo.settings;
    const chosen = args.some((arg) => arg.startsWith("--normal"));
    todo.settings = {
      ...given.settings,
      data,
      ...chosen && { normalClasses },
    };
  }
  using _claim = await claimFolder(out);
  const { settings } = todo;
  if (given && !given.settings) settings.model = modelOf(given.weights);
  if (settings.data === "mnist") {
    console.error(
      "note: --data mnist tests on images set aside from MNIST's TRAINING file; " +
        "these are not the paper's test images",
    );
  }
  const { weights, test } = given
    ? { ...given, test: await loadTest(settings.data) }
    : await trainAndKeep(todo);
  const known = !given || given.settings !== undefined;
  const { results } = await evaluateModel(
    weights,
    test,
    describe(todo, known),
    out,
  );
  const { counts, auroc } = results;
  console.log(
    `${counts.normal} normal and ${counts.novel} novel test images of ${settings.data}, ` +
      `${gradient} gradient\n\n${resultsTable(results)}\n\n` +
      `AUROC of the reconstruction loss: ${auroc.toFixed(3)} (chance 0.5)\n` +
      `written to ${out} in ${duration((performance.now() - started) / 1000)}`,
  );
}

/** The flags of training say nothing of a model that is given. */
function requireNoTraining(args: string[]) {
  const flag = ["--model", "--epochs", "--keep", "--resume"].find((name) =>
    args.some((arg) => arg === name || arg.startsWith(`${name}=`))
  );
  if (flag === undefined) return;
  throw new UsageError(`${flag} is for training; with --weights there is none`);
}

/** The model that weights are of, if not the paper's. */
function modelOf(weights: StateDict): ModelName | undefined {
  const found = autoencoderOf(weights);
  return MODEL_NAMES.slice(1).find((name) => AUTOENCODERS[name] === found);
}

async function trainAndKeep(todo: Plan) {
  const { training, test } = await loadMnist(todo.settings.data);
  const { weights } = await trainModel(todo, training);
  return { weights, test };
}

if (import.meta.main) await runTask(reproduce);
