import { existsSync } from "node:fs";
import { PAPER_MODEL } from "../../lib/model/autoencoders/mod.ts";
import { readModel } from "../../lib/training/model_file.ts";
import { DIGITS } from "../../lib/data/mnist_data.ts";
import {
  differingSetting,
  PASSES,
  type RunSettings,
} from "../../lib/training/settings.ts";
import type { ResultSettings } from "../../lib/studies/agreement/results.ts";
import { UsageError } from "./errors.ts";
import { finishedIn } from "./files.ts";

/** What tasks write into the folder of a run, weights aside. */
const RESULTS = [
  ...["results.json", "per_image.csv", "table.md", "report.html"],
  ...["figure1.svg", "figure1.png", "figure2.svg", "figure2.png"],
];

const isWeights = (name: string) =>
  /^(weights(_\w+)?|checkpoint(\.previous)?)\.safetensors$/.test(name);

/** What a task is about to put into a folder. */
export interface FolderUse {
  out: string;
  /** How the model is trained, or was; undefined where that is not known. */
  run?: RunSettings;
  /** Whether it was trained before, so that the folder's weights may stay. */
  isTrained?: boolean;
  /** What is measured of it, if anything is. */
  measured?: ResultSettings;
  /** Whether to go on with the run in the folder. */
  resume?: boolean;
  /** Whether another run in the folder may be replaced. */
  overwrite?: boolean;
  /** A file in the folder that is read, so must stay. */
  input?: string;
}

/**
 * Makes a folder ready for a run: another finished run in it is never
 * overwritten unasked, and then goes whole, as does an unfinished one that is
 * overwritten. What the same run left stays until it is replaced.
 *
 * Of a model that is trained already, other results alone go.
 *
 * @throws {UsageError} when the folder holds another run
 */
export async function clearFolder(use: FolderUse): Promise<void> {
  const { out, resume = false, overwrite = false } = use;
  await requireFiles(out);
  if (!overwrite) await requireNoOthers(out);
  const startsAfresh = overwrite && !resume && !use.isTrained;
  const wasUnfinished = startsAfresh && await clearCheckpoints(out);
  const found = await runIn(out);
  // What an unfinished run kept on its way is of that run.
  if (!found) return wasUnfinished ? await clearWeights(use) : undefined;
  const sameModel = isSameModel(found, use);
  const same = sameModel && isSameMeasured(found, use);
  // Whoever goes on from the checkpoint says better what does not fit.
  if (!sameModel && resume && hasCheckpoint(out)) return;
  if (!same && !overwrite) {
    throw new UsageError(
      `${out} holds another finished run (${describe(found)}): give another ` +
        "--out, or add --overwrite to replace it",
    );
  }
  // What the same run left is replaced file by file when it is done again.
  if (same) return;
  await clearResults(out);
  if (!(sameModel && (use.isTrained || resume))) await clearWeights(use);
}

/** Takes away the weights in a folder, of any epoch, but for what is read. */
async function clearWeights({ out, input = "" }: FolderUse) {
  const kept = await Deno.realPath(input).catch(() => "");
  for (const name of (await namesIn(out)).filter(isWeights)) {
    const path = `${out}/${name}`;
    const real = await Deno.realPath(path).catch(() => undefined);
    if (real !== kept) await Deno.remove(path);
  }
}

/** That no folder is where a file will be written. */
async function requireFiles(folder: string) {
  const names = ["weights.safetensors", "checkpoint.safetensors", ...RESULTS];
  for (const name of names) {
    const path = `${folder}/${name}`;
    const info = await Deno.stat(path).catch(() => undefined);
    if (!info?.isDirectory) continue;
    throw new UsageError(
      `${path} is a folder, where a file is to be written: give another --out`,
    );
  }
}

/** That a folder holds no finished results of another task. */
async function requireNoOthers(folder: string) {
  const file = finishedIn(folder);
  if (!file || file === "results.json" && await isRun(folder)) return;
  throw new UsageError(
    `${folder} holds finished results of another task (${file}): give another ` +
      "--out, or add --overwrite to replace them",
  );
}

/** Whether results.json is of a run; one that tells no kind may be. */
async function isRun(folder: string): Promise<boolean> {
  const text = await Deno.readTextFile(`${folder}/results.json`)
    .catch(() => '{ "kind": "unknown" }');
  const { kind = "agreement" } = Object(orNothing(() => JSON.parse(text)));
  return kind === "agreement";
}

/** The checkpoint, and the one before it. */
const checkpointsOf = (folder: string) =>
  ["checkpoint", "checkpoint.previous"]
    .map((name) => `${folder}/${name}.safetensors`);

/** Training that may be overwritten starts afresh; whether there was any. */
async function clearCheckpoints(folder: string): Promise<boolean> {
  const wasThere = hasCheckpoint(folder);
  for (const path of checkpointsOf(folder)) {
    await Deno.remove(path).catch(() => {});
  }
  return wasThere;
}

/**
 * Takes away the results in a folder, because its weights are about to change.
 *
 * @param folder of a run
 */
export async function clearResults(folder: string): Promise<void> {
  for (const name of RESULTS) {
    await Deno.remove(`${folder}/${name}`).catch(() => {});
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
}

/** A finished run in a folder: what its weights and its results tell. */
interface FoundRun {
  /** Empty where the weights do not tell. */
  run?: Partial<RunSettings>;
  /** Empty where results.json is none. */
  measured?: Partial<ResultSettings>;
}

async function runIn(folder: string): Promise<FoundRun | undefined> {
  const bytes = await Deno.readFile(`${folder}/weights.safetensors`)
    .catch(() => undefined);
  const text = await Deno.readTextFile(`${folder}/results.json`)
    .catch(() => undefined);
  if (!bytes && text === undefined) return;
  return {
    // Something else under that name is not to be overwritten either.
    run: bytes && (orNothing(() => readModel(bytes).settings) ?? {}),
    measured: text === undefined
      ? undefined
      : orNothing(() => JSON.parse(text).settings) ?? {},
  };
}

function orNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** What results.json tells of a model's training. */
const TRAINING = [
  ...["model", "seed", "epochs", "normalClasses", "data", "classes"],
  ...["batchSize", "learningRate", "passes"],
];
/** And of what was measured. */
const MEASURING = ["gradient", "statistics", "k", "learnt"];

/** What goes without saying. */
const DEFAULTS: Record<string, unknown> = {
  ...{ model: PAPER_MODEL, classes: DIGITS },
  ...{ statistics: "as-stored", passes: PASSES[0] },
};

const hasCheckpoint = (folder: string) =>
  checkpointsOf(folder).some((path) => existsSync(path));

/** Whether a run goes on from the folder's, to other epochs. */
const goesOn = ({ out, resume }: FolderUse) => resume && hasCheckpoint(out);

function isSameModel(found: FoundRun, use: FolderUse): boolean {
  if (!found.run) return true;
  const { run } = use;
  return run !== undefined && isWhole(found.run) &&
    // Other running statistics are not another training.
    !differingSetting({ ...found.run, statistics: run.statistics }, run) &&
    (goesOn(use) || found.run.epochs === run.epochs);
}

function isSameMeasured(found: FoundRun, use: FolderUse): boolean {
  if (!found.measured) return true;
  const { run, measured } = use;
  const training = TRAINING.filter((key) => !(goesOn(use) && key === "epochs"));
  if (!measured) {
    return run !== undefined && agree(found.measured, run, training);
  }
  // What does not tell how it was trained may be any model.
  if (measured.seed === undefined) return false;
  const files = found.measured.weights && measured.weights ? ["weights"] : [];
  const keys = [...training, ...MEASURING, ...files];
  return agree(found.measured, measured, keys);
}

const isWhole = (run: Partial<RunSettings>): run is RunSettings =>
  run.normalClasses !== undefined;

function agree(found: object, wanted: object, keys: string[]): boolean {
  const text = (of: object, key: string) =>
    String((of as Record<string, unknown>)[key] ?? DEFAULTS[key]);
  return keys.every((key) => text(found, key) === text(wanted, key));
}

function describe({ run, measured }: FoundRun) {
  const { model, normalClasses, seed, epochs, passes } = {
    ...measured,
    ...run,
  };
  return [
    model ?? PAPER_MODEL,
    ...normalClasses ? [`normal classes ${normalClasses}`] : [],
    ...seed === undefined ? [] : [`seed ${seed}`],
    ...epochs === undefined ? [] : [`${epochs} epochs`],
    ...passes ? [`passes ${passes}`] : [],
    ...measured?.weights ? [`weights ${measured.weights}`] : [],
    ...measured?.statistics ? [`statistics ${measured.statistics}`] : [],
    ...measured?.gradient ? [`${measured.gradient} gradient`] : [],
    ...measured?.k ? [`K = ${measured.k}`] : [],
  ].join(", ");
}
