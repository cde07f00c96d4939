import { setImmediate } from "node:timers/promises";
import { type AdamState, adamStep } from "./adam.ts";
import { CONVOLUTIONAL } from "../model/autoencoders/convolutional.ts";
import { autoencoderOf } from "../model/autoencoders/mod.ts";
import {
  type Autoencoder,
  initialise,
  type ParameterSpec,
} from "../model/parameters.ts";
import { type Images, toBatch } from "../data/images.ts";
import { freeze } from "../model/evaluation_mode.ts";
import { type Tensors, trainingLayers } from "../model/training_mode.ts";
import { fromTorch, tensorShape, toTorch } from "../model/torch_axes.ts";
import { gaussian } from "../tensor/gaussian_noise.ts";
import { randomStream, shuffle, validationStream } from "../support/random.ts";
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
import type { TrackedWeights } from "../model/read_weights.ts";

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
  /** Batches that moved them (PyTorch's `num_batches_tracked`). */
  batchesTracked: number;
  /** Epochs done, and the losses of each. */
  history: EpochLosses[];
}

/** Training ran into a loss that is infinite or no number. */
export class NonFiniteLossError extends Error {
  override name = "NonFiniteLossError";
}

const specsOf = (autoencoder: Autoencoder, wanted: ParameterSpec["kind"]) =>
  autoencoder.arrays.filter(({ kind }) => kind === wanted);

/** Weight of the newest batch in batch norm's running statistics (PyTorch's default). */
const MOMENTUM = 0.1;

/**
 * A training state from weights; Adam starts afresh.
 *
 * @param model a state dict with every array of the model, and how many batches
 * its statistics have seen (0 where it is not known)
 * @param autoencoder what they are weights of; their names tell, but for its
 * noise
 */
export function startTraining(
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
 * @param autoencoder the paper's unless told
 */
export function newTraining(
  seed: number,
  autoencoder: Autoencoder = CONVOLUTIONAL,
): TrainingState {
  const weights = initialise(autoencoder.arrays, seed);
  return startTraining({ weights }, autoencoder);
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

function unflatten(vector: Tensor1D, arrays: ParameterSpec[]): Tensors {
  const parts = tf.split(vector, arrays.map(({ shape }) => sizeOf(shape)));
  return Object.fromEntries(arrays.map((spec, i) => [
    spec.name,
    tf.reshape(parts[i], tensorShape(spec)),
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
    ...track(state, observed),
  };
  tf.dispose([gradient, observed]);
  disposeTraining(state);
  return { state: next, loss };
}

/** Batch norm's running statistics after one batch more. */
function track(
  { statistics, batchesTracked }: TrainingState,
  observed: Tensor1D,
): Pick<TrainingState, "statistics" | "batchesTracked"> {
  const moved = tf.tidy(() =>
    tf.add(
      tf.mul(statistics, 1 - MOMENTUM),
      tf.mul(observed, MOMENTUM),
    ) as Tensor1D
  );
  return { statistics: moved, batchesTracked: batchesTracked + 1 };
}

/**
 * Passes a batch through the model in training mode, without a step: only
 * batch norm's running statistics move, towards those of the weights as they
 * are.
 *
 * @param state the state before; its running statistics are disposed of
 * @param batch images [N, 28, 28, 1], values 0 to 1
 * @param noiseSeed decides the noise of models that train with some
 * @returns the state after
 */
export function trackingPass(
  state: TrainingState,
  batch: Tensor4D,
  noiseSeed = 0,
): TrainingState {
  const observed = observe(
    state.parameters,
    batch,
    state.autoencoder,
    noiseSeed,
  );
  const next = { ...state, ...track(state, observed) };
  tf.dispose([observed, state.statistics]);
  return next;
}

/**
 * What batch norm sees of a batch in training mode.
 *
 * @param parameters all parameters, [P]
 * @param batch images [N, 28, 28, 1]
 * @param autoencoder what is looked at
 * @param noiseSeed decides the noise of models that train with some
 * @returns the batch's means and unbiased variances in the order of the
 * running statistics, [S]
 */
export function observe(
  parameters: Tensor1D,
  batch: Tensor4D,
  autoencoder: Autoencoder,
  noiseSeed = 0,
): Tensor1D {
  return tf.tidy(() => {
    const tensors = unflatten(parameters, specsOf(autoencoder, "parameter"));
    return forward(tensors, batch, autoencoder, noiseSeed).observed();
  });
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
    const tensors = unflatten(parameters, specsOf(autoencoder, "parameter"));
    let observed!: () => Tensor1D;
    const { value, grads } = tf.valueAndGrads(() => {
      const pass = forward(tensors, batch, autoencoder, noiseSeed);
      observed = pass.observed;
      return pass.loss;
    })(Object.values(tensors));
    return {
      loss: value.dataSync()[0],
      gradient: concatenate(grads),
      observed: observed(),
    };
  });
}

/** The model in training mode: its loss, and what its batch norms saw. */
function forward(
  tensors: Tensors,
  batch: Tensor4D,
  autoencoder: Autoencoder,
  noiseSeed: number,
): { loss: Scalar; observed: () => Tensor1D } {
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
  const output = autoencoder.reconstruct(input, layers);
  const error = tf.losses.meanSquaredError(batch, output) as Scalar;
  return {
    loss: added.reduce((sum, loss) => tf.add(sum, loss), error),
    observed() {
      const values = concatenate(
        specsOf(autoencoder, "buffer").map(({ name }) => seen.get(name)!),
      );
      tf.dispose([...seen.values()]);
      return values;
    },
  };
}

const concatenate = (parts: Tensor[]) =>
  tf.concat(parts.map((part) => part.flatten())) as Tensor1D;

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
 * After an epoch's steps the validation images pass through the model in
 * training mode, as they do in the authors' code, whose `train()` never calls
 * `eval()` (github.com/PatrickFeeney/autoencoder-saliency at 1f4ceb8): without
 * a step, but moving batch norm's running statistics, which otherwise lag
 * behind the weights. What is trained stays the same to the bit, since training
 * mode uses no running statistics; what evaluation mode measures does not.
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
      let [step, sum, seen] = [0, 0, 0];
      for (const batch of trainingBatches(images, order, batchSize)) {
        const noiseSeed = noiseSeedOf(seed, state.step);
        const result = trainingStep(state, batch, learningRate, noiseSeed);
        state = result.state;
        sum += result.loss * batch.shape[0];
        seen += batch.shape[0];
        step++;
        yield { kind: "step", epoch, step, stepsPerEpoch, loss: result.loss };
        // Lets signals, timers and displays have their turn.
        await setImmediate();
      }
      const passes = validationPasses(state, images, split.validation, {
        ...{ seed, epoch, batchSize },
      });
      for (const after of passes) {
        state = after;
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
  const model = freeze(trainedWeights(state), {
    autoencoder: state.autoencoder,
  });
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

/**
 * Batches of images for training mode; batch norm has no variance of a single
 * image, so one left over sits out.
 *
 * @param images where they are
 * @param order which ones, in order
 * @param batchSize images a batch
 * @yields [N, 28, 28, 1], valid until the next batch is asked for
 */
export function* trainingBatches(
  images: Images,
  order: number[],
  batchSize: number,
): Generator<Tensor4D> {
  const count = countSteps(order.length, batchSize);
  for (let i = 0; i < count; i++) {
    const chosen = order.slice(i * batchSize, (i + 1) * batchSize);
    const batch = toBatch(images, chosen);
    try {
      yield batch;
    } finally {
      batch.dispose();
    }
  }
}

/**
 * The passes of the validation images at the end of an epoch, in an order that
 * seed and epoch decide.
 *
 * @param state after the epoch's steps; its running statistics are disposed of
 * @param images the training file's images
 * @param validation which of them validate
 * @param settings `epoch`: which one, from 1
 * @yields the state after each batch
 */
export function* validationPasses(
  state: TrainingState,
  images: Images,
  validation: number[],
  { seed, epoch, batchSize }: {
    seed: number;
    epoch: number;
    batchSize: number;
  },
): Generator<TrainingState> {
  const order = shuffle(validation, validationStream(seed, epoch));
  let pass = 0;
  for (const batch of trainingBatches(images, order, batchSize)) {
    state = trackingPass(state, batch, noiseSeedOf(seed, state.step, ++pass));
    yield state;
  }
}

/**
 * The seed of the noise in a training step, or in a validation pass after it.
 * It depends on their numbers alone, so that a resumed run has the same noise.
 *
 * @param seed of the run
 * @param step steps done before
 * @param pass 0 for the step, from 1 for the passes
 */
export function noiseSeedOf(seed: number, step: number, pass = 0): number {
  return seed + NOISE_STRIDE * step + PASS_STRIDE * pass;
}

// Apart from the seeds people choose, so that runs do not share noise.
const NOISE_STRIDE = 1_000_003;
const PASS_STRIDE = 1_009;
