import { existsSync } from "node:fs";
import { PAPER_MODEL } from "../../lib/model/autoencoders/mod.ts";
import { readModel } from "../../lib/training/model_file.ts";
import type { RunSettings } from "../../lib/training/settings.ts";
import { UsageError } from "./errors.ts";

/** What tasks write into the folder of a run, weights aside. */
const RESULTS = [
  ...["results.json", "per_image.csv", "table.md", "report.html"],
  ...["figure1.svg", "figure1.png", "figure2.svg", "figure2.png"],
];

const isWeights = (name: string) =>
  /^(weights(_epoch\d+)?|checkpoint(\.previous)?)\.safetensors$/.test(name);

/** What a task is about to put into a folder. */
export interface FolderUse {
  out: string;
  settings: Partial<RunSettings>;
  /** Whether to go on with the run in the folder. */
  resume?: boolean;
  /** Whether another run in the folder may be replaced. */
  overwrite?: boolean;
  /** A file in the folder that is read, so must stay. */
  input?: string;
}

/**
 * Makes a folder ready for a run: another finished run in it is never
 * overwritten unasked, and then goes whole. What the same run left stays until
 * it is replaced.
 *
 * @throws {UsageError} when the folder holds another run
 */
export async function clearFolder(use: FolderUse): Promise<void> {
  const { out, settings, resume = false, overwrite = false } = use;
  if (overwrite && !resume) await clearCheckpoints(out);
  const found = await runIn(out);
  if (!found) return;
  const same = isSameRun(found, settings, resume);
  // Whoever goes on from the checkpoint says better what does not fit.
  if (!same && resume && existsSync(`${out}/checkpoint.safetensors`)) return;
  if (!same && !overwrite) {
    throw new UsageError(
      `${out} holds another finished run (${describe(found)}): give another ` +
        "--out, or add --overwrite to replace it",
    );
  }
  // What the same run left is replaced file by file when it is done again.
  if (same) return;
  const input = use.input && await Deno.realPath(use.input).catch(() => "");
  const weights = (await namesIn(out)).filter(isWeights);
  for (const name of [...RESULTS, ...weights]) {
    const path = `${out}/${name}`;
    const real = await Deno.realPath(path).catch(() => undefined);
    if (real && real !== input) await Deno.remove(path);
  }
}

/** Training that may be overwritten starts afresh. */
async function clearCheckpoints(folder: string) {
  for (const name of ["checkpoint", "checkpoint.previous"]) {
    await Deno.remove(`${folder}/${name}.safetensors`).catch(() => {});
  }
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

/** The settings of a finished run in a folder, by its weights or its results. */
async function runIn(
  folder: string,
): Promise<Partial<RunSettings> | undefined> {
  const bytes = await Deno.readFile(`${folder}/weights.safetensors`)
    .catch(() => undefined);
  const text = await Deno.readTextFile(`${folder}/results.json`)
    .catch(() => undefined);
  try {
    if (bytes) return readModel(bytes).settings ?? {};
    if (text) return JSON.parse(text).settings ?? {};
  } catch {
    // Something else under that name: not to be overwritten either.
    return {};
  }
}

const KEYS = [
  ...["model", "seed", "normalClasses", "data", "batchSize", "learningRate"],
  "epochs",
] as const;

function isSameRun(
  found: Partial<RunSettings>,
  wanted: Partial<RunSettings>,
  resume: boolean,
): boolean {
  const value = (of: Partial<RunSettings>, key: keyof RunSettings) =>
    String(of[key] ?? (key === "model" ? PAPER_MODEL : ""));
  return KEYS.filter((key) => !(resume && key === "epochs"))
    .every((key) =>
      value(found, key as keyof RunSettings) ===
        value(wanted, key as keyof RunSettings)
    );
}

function describe(
  { model, normalClasses, seed, epochs }: Partial<RunSettings>,
) {
  return [
    model ?? PAPER_MODEL,
    ...normalClasses ? [`digits ${normalClasses}`] : [],
    ...seed === undefined ? [] : [`seed ${seed}`],
    ...epochs === undefined ? [] : [`${epochs} epochs`],
  ].join(", ");
}
