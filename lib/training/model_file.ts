import {
  autoencoderNamed,
  autoencoderOf,
  PAPER_MODEL,
} from "../model/autoencoders/mod.ts";
import type { Autoencoder } from "../model/parameters.ts";
import {
  readTrackedWeights,
  type TrackedWeights,
  writeWeights,
} from "../model/read_weights.ts";
import { type StateDict, WeightsError } from "../weights/state_dict.ts";
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
  /** SHA-256 of the training file's images and labels, where the file tells. */
  images?: string;
}

/**
 * A training state's model, in memory of its own.
 *
 * @param state left as it is
 * @param images which it is trained on, from `checksumOfImages()`
 */
export const modelOf = (state: TrainingState, images?: string): Model => ({
  weights: trainedWeights(state),
  batchesTracked: state.batchesTracked,
  history: state.history,
  ...images !== undefined && { images },
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
    ...model.images !== undefined && { images: model.images },
  }, autoencoderNamed(settings));
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
  const { metadata, ...tracked } = readTrackedWeights(bytes, autoencoderFor);
  const history = readHistory(metadata.history);
  const settings = settingsOf(metadata);
  if (!settings) return { ...tracked, history };
  const { images } = metadata;
  // In a checkpoint, settings.epochs is the target; history counts those done.
  const epochs = history.length || settings.epochs;
  return {
    ...{ ...tracked, history, settings: { ...settings, epochs } },
    ...images !== undefined && { images },
  };
}

/** How a file says that its model was trained. */
const settingsOf = (
  { settings }: Record<string, string>,
): RunSettings | undefined =>
  settings === undefined ? undefined : checkSettings(parse(settings));

/** What weights are of: what the file says, if their names are those. */
function autoencoderFor(
  weights: StateDict,
  metadata: Record<string, string>,
): Autoencoder {
  const settings = settingsOf(metadata);
  if (!settings) return autoencoderOf(weights);
  const autoencoder = autoencoderNamed(settings);
  const { arrays } = autoencoder;
  if (
    arrays.length === weights.size &&
    arrays.every(({ name }) => weights.has(name))
  ) return autoencoder;
  throw new WeightsError(
    `the file says that its weights are of the ${
      settings.model ?? PAPER_MODEL
    } autoencoder, and they are not: copy or save it again`,
  );
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
