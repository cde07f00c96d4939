import {
  autoencoderNamed,
  autoencoderOf,
  PAPER_MODEL,
} from "../model/autoencoders/mod.ts";
import type { Autoencoder } from "../model/parameters.ts";
import {
  isPyTorchFile,
  readTrackedWeights,
  type TrackedWeights,
  writeWeights,
} from "../model/read_weights.ts";
import { readSafetensors } from "../weights/safetensors.ts";
import { WeightsError } from "../weights/state_dict.ts";
import { checkSettings, type RunSettings } from "./settings.ts";
import {
  type EpochLosses,
  isHistory,
  trainedWeights,
  type TrainingState,
} from "./state.ts";

/** A trained model. */
export interface Model extends TrackedWeights {
  /** The losses of each epoch; empty where the file does not tell. */
  history: EpochLosses[];
}

/** A training state's model, in memory of its own. */
export const modelOf = (state: TrainingState): Model => ({
  weights: trainedWeights(state),
  batchesTracked: state.batchesTracked,
  history: state.history,
});

/**
 * A model as a safetensors file that says how it was trained.
 *
 * @param settings of the run
 * @param model as trained
 * @returns the file's bytes
 */
export function modelFile(
  settings: RunSettings,
  model: Model,
): Uint8Array<ArrayBuffer> {
  return writeWeights(model, {
    settings: JSON.stringify(settings),
    history: JSON.stringify(model.history),
  });
}

/** A model from a file that may not tell how it was trained. */
export interface LoadedModel extends Model {
  /** What the weights are of. */
  autoencoder: Autoencoder;
  /** How it was trained, where the file says so. */
  settings?: RunSettings;
}

/**
 * Reads what {@linkcode modelFile} wrote, or any other file with the model's
 * weights that {@linkcode readWeights} reads.
 *
 * @param bytes the whole file
 * @returns the model, and notes on what was changed in reading
 * @throws {WeightsError} when it is damaged, or not this model's
 */
export function readModel(
  bytes: Uint8Array,
): LoadedModel & { notes: string[] } {
  const read = readTrackedWeights(bytes);
  const tracked = { ...read, autoencoder: autoencoderOf(read.weights) };
  if (isPyTorchFile(bytes)) return { ...tracked, history: [] };
  const { metadata } = readSafetensors(bytes);
  const history = readHistory(metadata.history);
  if (metadata?.settings === undefined) return { ...tracked, history };
  const settings = checkSettings(parse(metadata.settings));
  const autoencoder = autoencoderNamed(settings);
  const { arrays } = autoencoder;
  const { weights } = tracked;
  if (
    arrays.length !== weights.size ||
    !arrays.every(({ name }) => weights.has(name))
  ) {
    throw new WeightsError(
      `the file says that its weights are of the ${
        settings.model ?? PAPER_MODEL
      } autoencoder, and they are not: copy or save it again`,
    );
  }
  // In a checkpoint, settings.epochs is the target; history counts those done.
  const epochs = history.length || settings.epochs;
  return {
    ...tracked,
    autoencoder,
    history,
    settings: { ...settings, epochs },
  };
}

/** The losses; none where a file from elsewhere holds something else. */
function readHistory(text: string | undefined): EpochLosses[] {
  const history = parse(text);
  return isHistory(history) ? history : [];
}

/** JSON, or undefined where a file from elsewhere holds something else. */
function parse(text = "") {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
