import { basename, dirname, resolve } from "node:path";
import { existsSync } from "node:fs";
import { freeze } from "../../lib/model/evaluation_mode.ts";
import { loadTfjsModel, type TfjsModel } from "../../lib/model/tfjs_model.ts";
import type { RunSettings } from "../../lib/training/settings.ts";
import { type LoadedModel, readModel } from "../../lib/training/model_file.ts";
import { WeightsError } from "../../lib/weights/state_dict.ts";
import { refuseSize } from "../../lib/weights/strangers.ts";
import { writeAtomically as write } from "../../lib/support/write_atomically.ts";
import { RunError, UsageError } from "./errors.ts";

/**
 * Writes a file so that it is there whole or not at all, whatever happens.
 *
 * @throws {RunError} when it cannot be written, as on a full disk
 */
export async function writeAtomically(
  path: string,
  contents: Uint8Array | string,
): Promise<void> {
  try {
    await write(path, contents);
  } catch (error) {
    throw new RunError(`${path} could not be written (${reason(error)})`);
  }
}

/** Why a file operation failed, in few words. */
export function reason(error: unknown): string {
  const { message } = error as Error;
  // Node's errors begin with a code, Deno's end with one.
  return message.replace(/^E[A-Z]+: /, "").split(/[:,(]/)[0].trim();
}

/**
 * Makes an output folder, if need be.
 *
 * @throws {UsageError} when it cannot be made, as where a file has its name
 */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await Deno.mkdir(folder, { recursive: true });
  } catch (error) {
    throw new UsageError(
      `the output folder ${folder} cannot be made (${
        reason(error)
      }); name another with --out`,
    );
  }
}

/**
 * An output folder for one run alone, made if need be.
 *
 * @returns gives the folder free again when disposed of; so does the end of
 * the process, however it comes
 * @throws {UsageError} when it cannot be written to, or another run is at it
 */
export async function claimFolder(folder: string): Promise<Disposable> {
  await makeFolder(folder);
  let file: Deno.FsFile;
  try {
    file = await Deno.open(`${folder}/.lock`, { create: true, write: true });
  } catch (error) {
    throw new UsageError(
      `the output folder ${folder} cannot be written to (${
        reason(error)
      }); name another with --out`,
    );
  }
  if (!await lockIfPossible(file)) {
    file.close();
    throw new UsageError(
      `another run is writing to ${folder}; wait for it or give another --out`,
    );
  }
  return file;
}

/** Whether nobody else has a lock on a file, as far as can be known. */
async function lockIfPossible(file: Deno.FsFile): Promise<boolean> {
  try {
    return await file.tryLock(true);
  } catch (error) {
    console.error(
      `note: this file system has no locks (${
        reason(error)
      }); start one task ` +
        "at a time in this folder",
    );
    return true;
  }
}

/** What finished results have one of, whichever task they are of. */
const FINISHED = ["results.json", "summary.json", "tables.md"];

/** The file by which a folder holds finished results of a task; or none. */
export const finishedIn = (folder: string): string | undefined =>
  FINISHED.find((name) => existsSync(`${folder}/${name}`));

/**
 * The folder of a task that measures, as {@linkcode claimFolder}: finished
 * results are not overwritten unasked.
 *
 * @param folder where the results will be
 * @param overwrite whether one that is there may be replaced
 * @throws {UsageError} when it may not
 */
export async function claimResults(
  folder: string,
  overwrite: boolean,
): Promise<Disposable> {
  const claim = await claimFolder(folder);
  if (overwrite || !finishedIn(folder)) return claim;
  claim[Symbol.dispose]();
  throw new UsageError(
    `${folder} holds finished results: give another --out, or add --overwrite to replace them`,
  );
}

/** The flag of tasks that call {@linkcode claimResults}. */
export const OVERWRITE_FLAG = {
  type: "boolean",
  help: "replace the results that --out holds",
} as const;

/** The flag of tasks that look at a trained model. */
export const WEIGHTS_FLAG = {
  type: "string",
  value: "FILE",
  default: "data/models/classes01234_seed0_epochs500.safetensors",
  path: true,
  help:
    "the trained model (.safetensors, .pt); its normal classes are those it learnt",
} as const;

/**
 * A model from a file, .safetensors or PyTorch's .pt. What was changed in
 * reading it (a key unwrapped, a prefix removed) goes to standard error.
 *
 * @throws {UsageError} when it cannot be read, or does not hold them
 */
export async function loadWeights(path: string): Promise<LoadedModel> {
  if (isTfjsModel(path)) {
    throw new UsageError(
      `${path} is a TensorFlow.js model, which reproduce, localize and ` +
        "similarity take; this task needs the layers of one of the project's " +
        "autoencoders (.safetensors or .pt)",
    );
  }
  try {
    // Before it is read, for a file may be larger than the memory.
    refuseSize((await stat(path)).size);
    const model = readModel(await readBytes(path));
    for (const note of model.notes) console.error(`note: ${note}`);
    return model;
  } catch (error) {
    throw unusable(path, error);
  }
}

/** Whether a file is a model of TensorFlow.js, by its name. */
export const isTfjsModel = (path: string) => /\.json$/i.test(path);

/**
 * What results call a file of weights: its name, and of a model of TensorFlow.js
 * that of its folder, too, as all of them are called model.json.
 */
export function weightsName(path: string): string {
  return isTfjsModel(path)
    ? `${basename(dirname(resolve(path)))}/${basename(path)}`
    : basename(path);
}

/** A model ready for use, and how it was trained, where its file says so. */
export interface OpenModel extends TfjsModel {
  settings?: RunSettings;
}

/**
 * A model from a file that {@linkcode loadWeights} reads, or a TensorFlow.js
 * model of anyone's (model.json).
 *
 * @throws {UsageError} when it cannot be read, or is no such model
 */
export async function loadModel(path: string): Promise<OpenModel> {
  if (isTfjsModel(path)) {
    return await loadTfjsModel(path).catch((error) => {
      throw unusable(path, error);
    });
  }
  const { weights, autoencoder, settings } = await loadWeights(path);
  const { shape } = autoencoder;
  return { ...freeze(weights, { autoencoder }), shape, settings };
}

function unusable(path: string, error: unknown): unknown {
  if (!(error instanceof WeightsError)) return error;
  return new UsageError(`${path} cannot be used: ${error.message}`);
}

const stat = (path: string) => readable(path, Deno.stat(path));
/**
 * The bytes of a file that a flag names.
 *
 * @throws {UsageError} when it cannot be read
 */
export const readBytes = (path: string) => readable(path, Deno.readFile(path));

async function readable<T>(path: string, result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    throw new UsageError(`${path} cannot be read (${reason(error)})`);
  }
}
