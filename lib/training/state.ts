import type { AdamState } from "./adam.ts";
import { CONVOLUTIONAL } from "../model/autoencoders/convolutional.ts";
import { autoencoderOf } from "../model/autoencoders/mod.ts";
import {
  type Autoencoder,
  initialise,
  type ParameterSpec,
} from "../model/parameters.ts";
import type { Tensors } from "../model/training_mode.ts";
import { fromTorch, tensorShape, toTorch } from "../model/torch_axes.ts";
import { sizeOf, type StateDict } from "../weights/state_dict.ts";
import { type Tensor1D, tf } from "../tensor/tensorflow.ts";
import type { TrackedWeights } from "../model/read_weights.ts";

/** Mean losses of one epoch (r̄, equation 2). */
export interface EpochLosses {
  /**
   * Over the training images as they came, in training mode: what the model
   * minimises, r̄ where it has no loss of its own.
   */
  training: number;
  /** r̄ of the validation images after the epoch, in evaluation mode. */
  validation: number;
}

/** Everything training needs to go on exactly where it stopped. */
export interface TrainingState extends AdamState {
  /** What is trained. */
  autoencoder: Autoencoder;
  /** Running means and variances of all batch norms, one after another, [S]. */
  statistics: Tensor1D;
  /** Batches that moved them (PyTorch's `num_batches_tracked`). */
  batchesTracked: number;
  /** Epochs done, and the losses of each. */
  history: EpochLosses[];
}

/**
 * A training state from weights; Adam starts afresh.
 *
 * @param model a state dict with every array of the model, and how many batches
 * its statistics have seen (0 where it is not known)
 * @param autoencoder what they are weights of; default: found by their names,
 * which do not tell a denoising model from the paper's
 */
export function trainingFrom(
  { weights, batchesTracked = 0 }: TrackedWeights,
  autoencoder: Autoencoder = autoencoderOf(weights),
): TrainingState {
  const tensors = tf.tidy(() => {
    const part = (kind: ParameterSpec["kind"]) =>
      tf.keep(flatten(weights, specsOf(autoencoder, kind)));
    const parameters = part("parameter");
    return {
      parameters,
      firstMoment: tf.keep(tf.zerosLike(parameters)),
      secondMoment: tf.keep(tf.zerosLike(parameters)),
      statistics: part("buffer"),
    };
  });
  return { autoencoder, ...tensors, batchesTracked, step: 0, history: [] };
}

/**
 * A training state with freshly initialised weights.
 *
 * @param seed an integer from 0 to 2³²−1
 * @param autoencoder default: the paper's
 */
export function initTraining(
  seed: number,
  autoencoder: Autoencoder = CONVOLUTIONAL,
): TrainingState {
  const weights = initialise(autoencoder.arrays, seed);
  return trainingFrom({ weights }, autoencoder);
}

/** Frees a training state's tensors. */
export function disposeTraining(state: TrainingState) {
  const { parameters, firstMoment, secondMoment, statistics } = state;
  tf.dispose([parameters, firstMoment, secondMoment, statistics]);
}

/**
 * The weights of a training state, in PyTorch's names and axis order.
 *
 * @param state left as it is
 */
export function trainedWeights(
  { autoencoder, parameters, statistics }: TrainingState,
): StateDict {
  const tensors = tf.tidy(() => ({
    ...unflatten(parameters, specsOf(autoencoder, "parameter")),
    ...unflatten(statistics, specsOf(autoencoder, "buffer")),
  }));
  const weights = new Map(autoencoder.arrays.map((spec) => [spec.name, {
    shape: spec.shape,
    data: toTorch(spec, tensors[spec.name]),
  }]));
  tf.dispose(tensors);
  return weights;
}

/** Arrays of the model one after another, in TensorFlow's axis order. */
function flatten(weights: StateDict, arrays: ParameterSpec[]): Tensor1D {
  const parts = arrays.map((spec) =>
    fromTorch(spec, weights.get(spec.name)!.data).flatten()
  );
  return tf.concat(parts) as Tensor1D;
}

/** The arrays in a vector that {@linkcode flatten} made; the caller disposes of them. */
export function unflatten(vector: Tensor1D, arrays: ParameterSpec[]): Tensors {
  const parts = tf.split(vector, arrays.map(({ shape }) => sizeOf(shape)));
  return Object.fromEntries(arrays.map((spec, i) => [
    spec.name,
    tf.reshape(parts[i], tensorShape(spec)),
  ]));
}

/** The model's arrays of one kind, in order. */
export function specsOf(
  autoencoder: Autoencoder,
  wanted: ParameterSpec["kind"],
) {
  return autoencoder.arrays.filter(({ kind }) => kind === wanted);
}

/** Whether a value from a file is a list of losses. */
export function isHistory(value: unknown): value is EpochLosses[] {
  return Array.isArray(value) &&
    value.every((losses) =>
      Number.isFinite(losses?.training) && Number.isFinite(losses?.validation)
    );
}
