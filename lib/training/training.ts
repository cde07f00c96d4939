import { setImmediate } from "node:timers/promises";
import { type AdamState, adamStep } from "./adam.ts";
import { CONVOLUTIONAL } from "../model/autoencoders/convolutional.ts";
import { autoencoderOf } from "../model/autoencoders/mod.ts";
import {
  type Autoencoder,
  type Entry,
  initialise,
} from "../model/parameters.ts";
import { type Images, toBatch } from "../data/images.ts";
import { freeze, type Tensors, trainingLayers } from "../model/layers.ts";
import { fromTensor, tensorShape, toTensor } from "../model/torch_axes.ts";
import { gaussian } from "../tensor/gaussian_noise.ts";
import { randomStream, shuffle } from "../support/random.ts";
import type { Split } from "../data/split.ts";
import { sizeOf, type StateDict } from "../weights/state_dict.ts";
import {
  forgetStoppedGradients,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tf,
} from "../tensor/tensorflow.ts";

/** How a model is trained; the defaults of {@linkcode PAPER_SETTINGS} are the paper's. */
export interface TrainingSettings {
  /** Decides initial weights, split and order of the images. */
  seed: number;
  /** Epochs in all. */
  epochs: number;
  batchSize: number;
  learningRate: number;
}

/** The paper's settings (Section 3.2 and the authors' published code). */
export const PAPER_SETTINGS = {
  epochs: 500,
  batchSize: 256,
  learningRate: 1e-2,
} as const;

/** Mean losses of one epoch (r̄, equation 2). */
export interface EpochLosses {
  /**
   * Over the training images as they came, in training mode; with what a
   * variational model adds to r̄.
   */
  training: number;
  /** Over the validation images after the epoch, in evaluation mode. */
  validation: number;
}

/** Everything training needs to go on exactly where it stopped. */
export interface TrainingState extends AdamState {
  /** What is trained. */
  autoencoder: Autoencoder;
  /** Running means and variances of all batch norms, one after another, [S]. */
  statistics: Tensor1D;
  /** Epochs done, and the losses of each. */
  history: EpochLosses[];
}

/** Training ran into a loss that is infinite or no number. */
export class NonFiniteLossError extends Error {
  override name = "NonFiniteLossError";
}

const entriesOf = (autoencoder: Autoencoder, wanted: Entry["kind"]) =>
  autoencoder.entries.filter(({ kind }) => kind === wanted);

/** Weight of the newest batch in batch norm's running statistics (PyTorch's default). */
const MOMENTUM = 0.1;

/**
 * A training state from weights; Adam starts afresh.
 *
 * @param weights a state dict with every entry of the model
 * @param autoencoder what they are weights of; their names tell, but for its
 * noise
 */
export function startTraining(
  weights: StateDict,
  autoencoder: Autoencoder = autoencoderOf(weights),
): TrainingState {
  const tensors = tf.tidy(() => {
    const part = (kind: Entry["kind"]) =>
      tf.keep(flatten(weights, entriesOf(autoencoder, kind)));
    const parameters = part("parameter");
    return {
      parameters,
      firstMoment: tf.keep(tf.zerosLike(parameters)),
      secondMoment: tf.keep(tf.zerosLike(parameters)),
      statistics: part("statistic"),
    };
  });
  return { autoencoder, ...tensors, step: 0, history: [] };
}

/**
 * A training state with freshly initialised weights.
 *
 * @param seed an integer from 0 to 2³²−1
 * @param autoencoder the paper's unless told
 */
export function newTraining(
  seed: number,
  autoencoder: Autoencoder = CONVOLUTIONAL,
): TrainingState {
  return startTraining(initialise(autoencoder.entries, seed), autoencoder);
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
    ...unflatten(parameters, entriesOf(autoencoder, "parameter")),
    ...unflatten(statistics, entriesOf(autoencoder, "statistic")),
  }));
  const weights = new Map(autoencoder.entries.map((entry) => [entry.name, {
    shape: entry.shape,
    data: fromTensor(entry, tensors[entry.name]),
  }]));
  tf.dispose(tensors);
  return weights;
}

/** Arrays of the model one after another, in TensorFlow's axis order. */
function flatten(weights: StateDict, entries: Entry[]): Tensor1D {
  const parts = entries.map((entry) =>
    toTensor(entry, weights.get(entry.name)!.data).flatten()
  );
  return tf.concat(parts) as Tensor1D;
}

function unflatten(vector: Tensor1D, entries: Entry[]): Tensors {
  const parts = tf.split(vector, entries.map(({ shape }) => sizeOf(shape)));
  return Object.fromEntries(entries.map((entry, i) => [
    entry.name,
    tf.reshape(parts[i], tensorShape(entry)),
  ]));
}

/**
 * One step: forward, backward, Adam, running statistics.
 *
 * @param state the state before; its tensors are disposed of
 * @param batch images [N, 28, 28, 1], values 0 to 1
 * @param learningRate Adam's α
 * @param noiseSeed decides the noise of models that train with some
 * @returns the state after, and the loss r̄ of the batch before the step
 * @throws {NonFiniteLossError} when the loss is not finite; the state before
 * stays as it was
 */
export function trainingStep(
  state: TrainingState,
  batch: Tensor4D,
  learningRate: number,
  noiseSeed = 0,
): { state: TrainingState; loss: number } {
  const { loss, gradient, observed } = lossAndGradient(
    state.parameters,
    batch,
    state.autoencoder,
    noiseSeed,
  );
  if (!Number.isFinite(loss)) {
    tf.dispose([gradient, observed]);
    throw new NonFiniteLossError(
      `the loss became ${loss} at step ${state.step + 1}; ` +
        "a lower learning rate may help",
    );
  }
  const next = {
    ...state,
    ...adamStep(state, gradient, learningRate),
    statistics: tf.tidy(() =>
      tf.add(
        tf.mul(state.statistics, 1 - MOMENTUM),
        tf.mul(observed, MOMENTUM),
      ) as Tensor1D
    ),
  };
  tf.dispose([gradient, observed]);
  disposeTraining(state);
  return { state: next, loss };
}

/**
 * The loss of a batch in training mode, and what a step needs of it.
 *
 * @param parameters all parameters, [P]
 * @param batch images [N, 28, 28, 1]
 * @param autoencoder what is trained; the paper's unless told
 * @param noiseSeed decides the noise of models that train with some
 * @returns the loss (r̄, and what the model adds); its gradient by the
 * parameters, [P]; the batch's means and unbiased variances in the order of
 * the running statistics, [S]
 */
export function lossAndGradient(
  parameters: Tensor1D,
  batch: Tensor4D,
  autoencoder: Autoencoder = CONVOLUTIONAL,
  noiseSeed = 0,
): { loss: number; gradient: Tensor1D; observed: Tensor1D } {
  forgetStoppedGradients();
  return tf.tidy(() => {
    const tensors = unflatten(parameters, entriesOf(autoencoder, "parameter"));
    const seen = new Map<string, Tensor>();
    const added: Scalar[] = [];
    const layers = trainingLayers(tensors, {
      onStatistics(norm, { mean, variance }) {
        seen.set(`${norm}.running_mean`, tf.keep(mean.clone()));
        seen.set(`${norm}.running_var`, tf.keep(variance.clone()));
      },
      onLoss: (loss) => added.push(loss),
      noiseSeed,
    });
    const input = withNoise(batch, autoencoder.inputNoise, noiseSeed);
    const { value, grads } = tf.valueAndGrads(() => {
      const output = autoencoder.reconstruct(input, layers);
      const error = tf.losses.meanSquaredError(batch, output) as Scalar;
      return added.reduce((sum, loss) => tf.add(sum, loss), error);
    })(Object.values(tensors));
    const flat = (parts: Tensor[]) =>
      tf.concat(parts.map((part) => part.flatten())) as Tensor1D;
    const observed = flat(
      entriesOf(autoencoder, "statistic").map(({ name }) => seen.get(name)!),
    );
    tf.dispose([...seen.values()]);
    return { loss: value.dataSync()[0], gradient: flat(grads), observed };
  });
}

/** Images with Gaussian noise, clipped to [0, 1]. */
function withNoise(
  batch: Tensor4D,
  deviation: number | undefined,
  seed: number,
): Tensor4D {
  if (deviation === undefined) return batch;
  const noise = gaussian<Tensor4D>(batch.shape, deviation, seed);
  return tf.clipByValue(tf.add(batch, noise), 0, 1);
}

/** What {@linkcode train} reports. */
export type TrainingEvent =
  | {
    kind: "step";
    /** Epoch at work, from 1. */
    epoch: number;
    /** Step of this epoch, from 1. */
    step: number;
    stepsPerEpoch: number;
    loss: number;
  }
  | {
    kind: "epoch";
    /** Epochs done. */
    epoch: number;
    losses: EpochLosses;
    /** Valid until the next event is asked for. */
    state: TrainingState;
  };

/**
 * Trains until a number of epochs is done, and reports every step and every
 * epoch. Images come in a new random order each epoch; the order depends on
 * the seed and the epoch's number alone, so a state from epoch 7 goes on as if
 * it had never stopped.
 *
 * @param start where to begin; its tensors are disposed of
 * @param images the training file's images
 * @param split which of them train and which validate
 * @param settings the epochs already in `start` count towards `epochs`
 * @throws {NonFiniteLossError} when a loss is not finite
 */
export async function* train(
  start: TrainingState,
  images: Images,
  split: Split,
  { seed, epochs, batchSize, learningRate }: TrainingSettings,
): AsyncGenerator<TrainingEvent> {
  let state = start;
  const stepsPerEpoch = countSteps(split.training.length, batchSize);
  try {
    while (state.history.length < epochs) {
      const epoch = state.history.length + 1;
      const order = shuffle(split.training, randomStream(seed, "order", epoch));
      let sum = 0;
      let seen = 0;
      for (let step = 1; step <= stepsPerEpoch; step++) {
        const chosen = order.slice((step - 1) * batchSize, step * batchSize);
        const batch = toBatch(images, chosen);
        // Depends on the step alone, so that a resumed run has the same noise.
        const noiseSeed = seed + NOISE_STRIDE * state.step;
        const result = trainingStep(state, batch, learningRate, noiseSeed);
        batch.dispose();
        state = result.state;
        sum += result.loss * chosen.length;
        seen += chosen.length;
        yield { kind: "step", epoch, step, stepsPerEpoch, loss: result.loss };
        // Lets signals, timers and displays have their turn.
        await setImmediate();
      }
      const losses = {
        training: sum / seen,
        validation: validationLoss(state, images, split.validation),
      };
      state = { ...state, history: [...state.history, losses] };
      yield { kind: "epoch", epoch, losses, state };
    }
  } finally {
    disposeTraining(state);
  }
}

/**
 * Steps in an epoch.
 *
 * @param images trained on
 * @param batchSize images a step
 *
 * @example Batch norm has no variance of a single image: one left over sits out
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([countSteps(512, 256), countSteps(513, 256), countSteps(514, 256)], [2, 2, 3]);
 * ```
 */
export function countSteps(images: number, batchSize: number): number {
  return Math.ceil((images - 1) / batchSize);
}

function validationLoss(
  state: TrainingState,
  images: Images,
  indices: number[],
): number {
  const model = freeze(trainedWeights(state));
  let sum = 0;
  for (let start = 0; start < indices.length; start += VALIDATION_BATCH) {
    const chosen = indices.slice(start, start + VALIDATION_BATCH);
    sum += tf.tidy(() => {
      const batch = toBatch(images, chosen);
      const y = model.reconstruct(batch);
      return tf.losses.meanSquaredError(batch, y).dataSync()[0];
    }) * chosen.length;
  }
  model.dispose();
  return sum / indices.length;
}

const VALIDATION_BATCH = 250;

/** Apart from the seeds people choose, so that runs do not share noise. */
const NOISE_STRIDE = 1_000_003;
