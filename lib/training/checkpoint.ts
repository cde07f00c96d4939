import { autoencoderNamed, type ModelName } from "../model/autoencoders/mod.ts";
import { sha256 } from "../support/sha256.ts";
import type { Source } from "../data/mnist.ts";
import { readSafetensors, writeSafetensors } from "../weights/safetensors.ts";
import {
  checkStateDict,
  quote,
  type StateDict,
  WeightsError,
} from "../weights/state_dict.ts";
import { type Tensor1D, tf } from "../tensor/tensorflow.ts";
import { countersOf } from "../model/read_weights.ts";
import {
  type EpochLosses,
  startTraining,
  trainedWeights,
  type TrainingSettings,
  type TrainingState,
} from "./training.ts";

/** What decides the course of training, kept with every checkpoint. */
export interface RunSettings extends TrainingSettings {
  /** Digits trained on. */
  normalClasses: number[];
  /** Where the images come from. */
  data: Source;
  /** Which autoencoder; the paper's where it is not given. */
  model?: ModelName;
}

const MOMENTS = ["firstMoment", "secondMoment"] as const;

/**
 * A training state and its settings as a safetensors file: the weights under
 * PyTorch's names, Adam's moments as `adam.firstMoment` and
 * `adam.secondMoment`, the rest as metadata with a checksum of all arrays.
 *
 * @param state left as it is
 * @param settings of the run
 * @returns the file's bytes
 */
export async function writeCheckpoint(
  state: TrainingState,
  settings: RunSettings,
): Promise<Uint8Array<ArrayBuffer>> {
  const weights = trainedWeights(state);
  for (const moment of MOMENTS) {
    const data = state[moment].dataSync() as Float32Array;
    weights.set(`adam.${moment}`, { shape: [data.length], data });
  }
  const counters = countersOf(weights, state.batchesTracked);
  const { step, history } = state;
  const metadata = {
    settings: JSON.stringify(settings),
    step: String(step),
    history: JSON.stringify(history),
    checksum: await checksum(weights),
  };
  return writeSafetensors({ weights, counters, metadata });
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
): Promise<{ state: TrainingState; settings: RunSettings }> {
  const { weights, counters, metadata } = readSafetensors(bytes);
  const moments = MOMENTS.map((moment) => weights.get(`adam.${moment}`));
  if (!metadata.settings || !moments.every((moment) => moment)) {
    throw new WeightsError("the file holds weights, but no training to go on");
  }
  if (metadata.checksum !== await checksum(weights)) {
    throw new WeightsError("the checkpoint is damaged: its checksum is wrong");
  }
  MOMENTS.forEach((moment) => weights.delete(`adam.${moment}`));
  const { settings, history, step } = readMetadata(metadata);
  const autoencoder = autoencoderNamed(settings);
  const state = startTraining({
    weights: checkStateDict(weights, autoencoder.arrays),
    // Checkpoints from before there were counters: one batch a step.
    batchesTracked: [...counters.values()][0] ?? step,
  }, autoencoder);
  tf.dispose([state.firstMoment, state.secondMoment]);
  const [firstMoment, secondMoment] = moments.map((moment) =>
    tf.keep(tf.tensor1d(moment!.data)) as Tensor1D
  );
  return {
    state: {
      ...state,
      firstMoment,
      secondMoment,
      ...{ step, history },
    },
    settings,
  };
}

/** Checked before any tensor is made. */
function readMetadata(metadata: Record<string, string>) {
  let settings: RunSettings;
  let history: EpochLosses[];
  try {
    settings = JSON.parse(metadata.settings);
    history = JSON.parse(metadata.history);
  } catch {
    throw new WeightsError("the checkpoint is damaged: its settings are cut");
  }
  const step = Number(metadata.step);
  if (!Number.isInteger(step) || !Array.isArray(history)) {
    throw new WeightsError("the checkpoint is damaged: it has no step");
  }
  if (!autoencoderNamed(settings)) {
    throw new WeightsError(
      `the checkpoint is of a model that is not known here: ${
        quote(String(settings.model))
      }`,
    );
  }
  return { settings, history, step };
}

/** SHA-256 over all numbers, in the order of the arrays' names. */
async function checksum(weights: StateDict): Promise<string> {
  const names = [...weights.keys()].sort();
  const blob = new Blob(
    names.map((name) => weights.get(name)!.data as Float32Array<ArrayBuffer>),
  );
  return await sha256(new Uint8Array(await blob.arrayBuffer()));
}
