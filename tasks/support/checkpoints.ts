import {
  autoencoderNamed,
  PAPER_MODEL,
} from "../../lib/model/autoencoders/mod.ts";
import type { RunSettings } from "../../lib/training/settings.ts";
import {
  readCheckpoint,
  writeCheckpoint,
} from "../../lib/training/checkpoint.ts";
import {
  disposeTraining,
  initTraining,
  type TrainingState,
} from "../../lib/training/state.ts";
import { UsageError } from "./cli.ts";
import { writeAtomically } from "./files.ts";

const current = (folder: string) => `${folder}/checkpoint.safetensors`;
const previous = (folder: string) =>
  `${folder}/checkpoint.previous.safetensors`;

/**
 * Saves a checkpoint; the one before it is kept beside it.
 *
 * @throws {RunError} when it cannot be written; the last one is still there
 */
export async function saveCheckpoint(
  folder: string,
  state: TrainingState,
  settings: RunSettings,
): Promise<void> {
  const bytes = await writeCheckpoint(state, settings);
  // A link, so that there is a whole checkpoint at every moment.
  await Deno.remove(previous(folder)).catch(() => {});
  await Deno.link(current(folder), previous(folder)).catch(() => {});
  await writeAtomically(current(folder), bytes);
}

type Checkpoint = Awaited<ReturnType<typeof readCheckpoint>>;

/**
 * The newest checkpoint that is not damaged.
 *
 * @throws {UsageError} when there are only damaged ones
 */
async function newestCheckpoint(
  folder: string,
): Promise<Checkpoint | undefined> {
  let damaged = false;
  for (const path of [current(folder), previous(folder)]) {
    const bytes = await Deno.readFile(path).catch(() => undefined);
    if (!bytes) continue;
    try {
      return await readCheckpoint(bytes);
    } catch (error) {
      console.error(`${path} is not used: ${(error as Error).message}`);
      damaged = true;
    }
  }
  if (!damaged) return;
  throw new UsageError(
    `no checkpoint in ${folder} can be used: give another --out, or delete ` +
      `${current(folder)} to start afresh`,
  );
}

/**
 * Where training starts: afresh, or at the newest checkpoint of a folder.
 *
 * @param folder the run's output folder
 * @param settings of the run
 * @param options `resume`: go on from a checkpoint
 * @throws {UsageError} when a checkpoint is in the way, or another run's
 */
export async function startingState(
  folder: string,
  settings: RunSettings,
  { resume }: { resume: boolean },
): Promise<TrainingState> {
  const fresh = () => initTraining(settings.seed, autoencoderNamed(settings));
  const found = await newestCheckpoint(folder);
  if (!found) {
    if (resume) console.error(`${folder} has no checkpoint; starting afresh`);
    return fresh();
  }
  try {
    if (resume) {
      requireSameRun(folder, found, settings);
      return found.state;
    }
    requireFinished(folder, found);
  } catch (error) {
    disposeTraining(found.state);
    throw error;
  }
  disposeTraining(found.state);
  return fresh();
}

function requireFinished(folder: string, { state, settings }: Checkpoint) {
  const done = state.history.length;
  if (done >= settings.epochs) return;
  throw new UsageError(
    `${folder} holds an unfinished run (${done} of ${settings.epochs} epochs): ` +
      `add --resume to go on with it, give another --out, or delete ${
        current(folder)
      }`,
  );
}

function requireSameRun(
  folder: string,
  { state, settings: found }: Checkpoint,
  settings: RunSettings,
) {
  for (const key of ["model", "seed", "normalClasses", "data"] as const) {
    const [theirs, ours] = [found, settings].map((of) =>
      String(of[key] ?? PAPER_MODEL)
    );
    if (theirs !== ours) {
      throw new UsageError(
        `the run in ${folder} has ${key} ${theirs}, not ${ours}: ` +
          "resume it with its own flags, or give another --out",
      );
    }
  }
  const done = state.history.length;
  if (done > settings.epochs) {
    throw new UsageError(
      `the run in ${folder} is past epoch ${settings.epochs} already: it has ${done}`,
    );
  }
}
