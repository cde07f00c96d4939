import { existsSync } from "node:fs";
import type { Checkpoint } from "../../lib/training/checkpoint.ts";
import { modelFile, modelOf } from "../../lib/training/model_file.ts";
import type { TrainingStore } from "../../lib/training/run.ts";
import {
  differingSetting,
  type RunSettings,
} from "../../lib/training/settings.ts";
import { disposeTraining } from "../../lib/training/state.ts";
import {
  HEADER_BYTES,
  readSafetensorsMetadata,
} from "../../lib/weights/safetensors.ts";
import { UsageError } from "./errors.ts";
import { clearResults } from "./output_folder.ts";
import { reason, writeAtomically } from "./files.ts";

const current = (folder: string) => `${folder}/checkpoint.safetensors`;
const previous = (folder: string) =>
  `${folder}/checkpoint.previous.safetensors`;

/**
 * What a stopped training leaves behind, for whoever stopped it.
 *
 * @param folder of the run
 */
export const whatIsKept = (folder: string): string =>
  existsSync(current(folder))
    ? "finished epochs are kept: add --resume to go on from them"
    : "no epoch was finished";

/**
 * Epochs that the checkpoint in a folder has behind it, from the file's header
 * alone.
 *
 * @param folder of the run
 * @returns undefined where there is no checkpoint, or a damaged one
 */
export async function checkpointEpochs(
  folder: string,
): Promise<number | undefined> {
  try {
    const { history } = readSafetensorsMetadata(
      await beginningOf(current(folder), HEADER_BYTES),
    );
    return JSON.parse(history).length;
  } catch {
    return undefined;
  }
}

/** The first bytes of a file, or all of a shorter one. */
async function beginningOf(path: string, length: number): Promise<Uint8Array> {
  using file = await Deno.open(path);
  const bytes = new Uint8Array(length);
  let at = 0;
  for (let read; (read = await file.read(bytes.subarray(at)));) at += read;
  return bytes.subarray(0, at);
}

/** What decides where training in a folder starts, and what it leaves there. */
export interface FolderPlan {
  out: string;
  settings: RunSettings;
  /** Epochs whose weights are kept, the last one aside. */
  keep: number[];
  /** Whether to go on from the folder's checkpoint. */
  resume: boolean;
}

/**
 * Checkpoints and weights of a run in a folder. The checkpoint before the
 * newest stays beside it.
 *
 * @returns a store whose methods throw a UsageError when a checkpoint is in the
 * way or another run's, and a RunError when a file cannot be written
 */
export function folderStore(
  { out, settings, keep, resume }: FolderPlan,
): TrainingStore {
  const keepWeights: TrainingStore["saveModel"] = async (model) => {
    const epochs = model.history.length;
    if (!keep.includes(epochs)) return;
    await writeAtomically(
      `${out}/weights_epoch${epochs}.safetensors`,
      modelFile({ ...settings, epochs }, model),
    );
  };
  return {
    place: current(out),
    async load(read) {
      const found = await newestCheckpoint(out, read);
      if (!found) {
        if (resume) console.error(`${out} has no checkpoint; starting afresh`);
        return;
      }
      try {
        if (resume) {
          requireSameRun(out, found, settings);
          notePast(out, keep, found.state.history.length);
          // --keep may ask for the epoch that the checkpoint is of.
          await keepWeights(modelOf(found.state, found.images));
          return found;
        }
        requireFinished(out, found);
      } catch (error) {
        disposeTraining(found.state);
        throw error;
      }
      disposeTraining(found.state);
    },
    async saveEpoch(checkpoint, model) {
      // Before the checkpoint: a run that goes on from it must not miss them.
      await keepWeights(model);
      // A link, so that there is a whole checkpoint at every moment.
      await Deno.remove(previous(out)).catch(() => {});
      await Deno.link(current(out), previous(out))
        // Some file systems have no links; the first time there is no file.
        .catch(() => Deno.copyFile(current(out), previous(out)))
        .catch(() => {});
      await writeAtomically(current(out), checkpoint);
    },
    async saveModel(model) {
      await clearResults(out);
      await writeAtomically(
        `${out}/weights.safetensors`,
        modelFile(settings, model),
      );
    },
  };
}

/** Tells of epochs that are to be kept, and are past. */
function notePast(folder: string, keep: number[], done: number) {
  const past = keep.filter((epochs) =>
    epochs < done && !existsSync(`${folder}/weights_epoch${epochs}.safetensors`)
  );
  if (past.length === 0) return;
  console.error(
    `note: --keep ${past} is past, as ${folder} is at epoch ${done}: the weights ` +
      "after these epochs are not there",
  );
}

/**
 * The newest checkpoint that is not damaged.
 *
 * @throws {UsageError} when there are only damaged ones
 */
async function newestCheckpoint(
  folder: string,
  read: (bytes: Uint8Array) => Promise<Checkpoint>,
): Promise<Checkpoint | undefined> {
  const damaged: string[] = [];
  for (const path of [current(folder), previous(folder)]) {
    const bytes = await readIfThere(path);
    if (!bytes) continue;
    try {
      return await read(bytes);
    } catch (error) {
      console.error(`${path} is not used: ${(error as Error).message}`);
      damaged.push(path);
    }
  }
  if (damaged.length === 0) return;
  throw new UsageError(
    `no checkpoint in ${folder} can be used: give another --out, or delete ` +
      `${damaged.join(" and ")} to start afresh`,
  );
}

/** The bytes of a file; undefined where there is none. */
async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    // Not as if there were none: a new one would take its place.
    throw new UsageError(`${path} cannot be read (${reason(error)})`);
  }
}

function requireFinished(folder: string, { state, settings }: Checkpoint) {
  const done = state.history.length;
  const isWritten = existsSync(`${folder}/weights.safetensors`);
  if (done >= settings.epochs && isWritten) return;
  throw new UsageError(
    `${folder} holds an unfinished run (${done} of ${settings.epochs} epochs` +
      `${done >= settings.epochs ? ", no weights" : ""}): ` +
      "add --resume to go on with it, --overwrite to start afresh, or give " +
      "another --out",
  );
}

function requireSameRun(
  folder: string,
  { state, settings: found }: Checkpoint,
  settings: RunSettings,
) {
  const differing = differingSetting(found, settings);
  if (differing) {
    throw new UsageError(
      `the run in ${folder} has ${differing}: ` +
        "resume it with its own flags, or give another --out",
    );
  }
  const done = state.history.length;
  if (done > settings.epochs) {
    throw new UsageError(
      `the run in ${folder} is past epoch ${settings.epochs} already: it has ${done}`,
    );
  }
}
