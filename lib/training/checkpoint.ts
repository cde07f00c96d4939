import type { LabelledImages } from "../data/images.ts";
import { autoencoderNamed } from "../model/autoencoders/mod.ts";
import { shapeText } from "../model/image_shape.ts";
import type { Autoencoder } from "../model/parameters.ts";
import { MAX_NUMBERS } from "../weights/dtypes.ts";
import { countersOf } from "../model/read_weights.ts";
import { checkSettings, type RunSettings } from "./settings.ts";
import { sha256 } from "../support/sha256.ts";
import {
  type EpochLosses,
  isHistory,
  trainedWeights,
  trainingFrom,
  type TrainingState,
} from "./state.ts";
import { type Tensor1D, tf } from "../tensor/tensorflow.ts";
import {
  readSafetensors,
  type Safetensors,
  writeSafetensors,
} from "../weights/safetensors.ts";
import {
  checkStateDict,
  quote,
  sizeOf,
  type StateDict,
  WeightsError,
} from "../weights/state_dict.ts";

const MOMENTS = ["firstMoment", "secondMoment"] as const;

/** Files of format 1, which name none, have a checksum of the arrays alone. */
const FORMAT = "2";

/** A training state and the settings it came about with. */
export interface Checkpoint {
  /** Weights, moments and history. */
  state: TrainingState;
  /** How it is trained. */
  settings: RunSettings;
  /** SHA-256 of the training file's images and labels, where it tells. */
  images?: string;
}

/**
 * A training state and its settings as a safetensors file: the weights under
 * PyTorch's names, Adam's moments as `adam.firstMoment` and
 * `adam.secondMoment`, the rest as metadata, with a checksum of everything.
 *
 * @param state left as it is
 * @param settings of the run
 * @param images which it is trained on, from {@linkcode checksumOfImages}
 * @returns the file's bytes
 */
export async function writeCheckpoint(
  state: TrainingState,
  settings: RunSettings,
  images?: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const weights = trainedWeights(state);
  for (const moment of MOMENTS) {
    const data = state[moment].dataSync() as Float32Array;
    weights.set(`adam.${moment}`, { shape: [data.length], data });
  }
  const counters = countersOf(weights, state.batchesTracked);
  const metadata = {
    format: FORMAT,
    settings: JSON.stringify(settings),
    step: String(state.step),
    history: JSON.stringify(state.history),
    ...images !== undefined && { images },
  };
  const checksum = await checksumOf({ weights, counters, metadata });
  return writeSafetensors({
    weights,
    counters,
    metadata: { ...metadata, checksum },
  });
}

/**
 * That checkpoints of a model are not larger than what is read again.
 *
 * @param autoencoder what is to be trained
 * @throws {RangeError} when they would be
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { autoencoderNamed } from "../model/autoencoders/mod.ts";
 *
 * const shape = { height: 224, width: 224, channels: 3 };
 * const check = () => requireReadable(autoencoderNamed({ shape }));
 * assertThrows(check, RangeError, "take smaller images");
 * ```
 */
export function requireReadable({ shape, arrays }: Autoencoder) {
  // Two moments of each parameter, beside the weights.
  const numbers = 3 * arrays.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  if (numbers <= MAX_NUMBERS) return;
  throw new RangeError(
    `checkpoints of a model for images of ${shapeText(shape)} would hold ` +
      `${numbers} numbers, and at most ${MAX_NUMBERS} can be read again; ` +
      "take smaller images",
  );
}

/**
 * Reads what {@linkcode writeCheckpoint} wrote. Training that goes on from it
 * gives the same bits as training that never stopped.
 *
 * @param bytes the whole file
 * @returns the state, whose tensors the caller disposes of, and the settings
 * @throws {WeightsError} when the file is no checkpoint, or a damaged one
 */
export async function readCheckpoint(
  bytes: Uint8Array,
): Promise<Checkpoint> {
  const contents = readSafetensors(bytes);
  const { weights, counters, metadata } = contents;
  const moments = MOMENTS.map((moment) => weights.get(`adam.${moment}`)?.data);
  const [firstMoment, secondMoment] = moments;
  if (!metadata?.settings || !firstMoment || !secondMoment) {
    throw new WeightsError("the file holds weights, but no training to go on");
  }
  const { checksum, ...rest } = metadata;
  const expected = rest.format === undefined
    ? await checksumOfArrays(weights)
    : await checksumOf({ ...contents, metadata: rest });
  if (checksum !== expected) throw damaged("its checksum is wrong");
  if (rest.format !== undefined && rest.format !== FORMAT) {
    throw new WeightsError(
      `the checkpoint has format ${
        quote(rest.format)
      }; only ${FORMAT} and older ones can be read`,
    );
  }
  MOMENTS.forEach((moment) => weights.delete(`adam.${moment}`));
  const settings = checkSettings(parse(metadata, "settings"));
  // The first checkpoints had no counters: one batch a step.
  const [batchesTracked = Number(metadata.step), ...others] = new Set(
    counters.values(),
  );
  const progress = {
    step: Number(metadata.step),
    history: parse(metadata, "history") as EpochLosses[],
    batchesTracked,
  };
  if (others.length > 0) throw damaged("its batch counters differ");
  checkProgress(progress, settings);
  const autoencoder = autoencoderNamed(settings);
  const state = trainingFrom(
    { weights: checkStateDict(weights, autoencoder.arrays) },
    autoencoder,
  );
  tf.dispose([state.firstMoment, state.secondMoment]);
  const size = state.parameters.size;
  if (firstMoment.length !== size || secondMoment.length !== size) {
    tf.dispose([state.parameters, state.statistics]);
    throw damaged(`Adam's moments are not of ${size} parameters`);
  }
  return {
    state: {
      ...state,
      ...progress,
      firstMoment: tf.tensor1d(firstMoment) as Tensor1D,
      secondMoment: tf.tensor1d(secondMoment) as Tensor1D,
    },
    settings,
    ...metadata.images !== undefined && { images: metadata.images },
  };
}

/**
 * What tells the images of a training file from others.
 *
 * @param images with their labels
 * @returns SHA-256 in hexadecimal
 */
export function checksumOfImages(
  { pixels, labels }: LabelledImages,
): Promise<string> {
  return sha256OfParts([pixels, labels] as BlobPart[]);
}

/** How far training came: all numbers must agree. */
function checkProgress(
  { step, history, batchesTracked }: Pick<
    TrainingState,
    "step" | "history" | "batchesTracked"
  >,
  { epochs }: RunSettings,
) {
  if (!Number.isSafeInteger(step)) throw damaged("it has no step");
  if (!isHistory(history)) {
    throw damaged("its history is not a list of losses");
  }
  const done = history.length;
  if (done > epochs) {
    throw damaged(`it has ${done} epochs of a run of ${epochs}`);
  }
  const fits = done === 0 ? step === 0 : step >= done && step % done === 0;
  if (!fits) throw damaged(`step ${step} is not the end of epoch ${done}`);
  if (!Number.isSafeInteger(batchesTracked) || batchesTracked < step) {
    throw damaged(`it counts ${batchesTracked} batches at step ${step}`);
  }
}

function parse(metadata: Record<string, string>, key: string): unknown {
  try {
    return JSON.parse(metadata[key]);
  } catch {
    throw damaged(`its ${key} cannot be read`);
  }
}

const damaged = (why: string) =>
  new WeightsError(`the checkpoint is damaged: ${why}`);

/** SHA-256 over names, shapes, numbers, counters and metadata. */
async function checksumOf(
  { weights, counters, metadata }: Safetensors,
): Promise<string> {
  const byName = <T>(entries: Iterable<[string, T]>) =>
    [...entries].sort(([a], [b]) => a < b ? -1 : 1);
  const shapes = [...weights].map(([name, { shape }]) =>
    [name, shape] as const
  );
  const header = JSON.stringify([
    byName(Object.entries(metadata)),
    byName(counters),
    byName(shapes as [string, number[]][]),
  ]);
  return await sha256OfParts([header, ...numbersOf(weights)]);
}

/** The checksum of format 1. */
const checksumOfArrays = (weights: StateDict) =>
  sha256OfParts(numbersOf(weights));

/** All numbers, in the order of the arrays' names. */
function numbersOf(weights: StateDict): BlobPart[] {
  return [...weights.keys()].sort().map((name) =>
    weights.get(name)!.data as Float32Array<ArrayBuffer>
  );
}

async function sha256OfParts(parts: BlobPart[]): Promise<string> {
  return await sha256(
    new Uint8Array(await new Blob(parts).arrayBuffer()),
  );
}
