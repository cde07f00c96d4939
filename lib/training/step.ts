import { adamStep } from "./adam.ts";
import { CONVOLUTIONAL } from "../model/autoencoders/convolutional.ts";
import type { Autoencoder } from "../model/parameters.ts";
import { type Tensors, trainingLayers } from "../model/training_mode.ts";
import {
  disposeTraining,
  specsOf,
  type TrainingState,
  unflatten,
} from "./state.ts";
import {
  forgetStoppedGradients,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tf,
} from "../tensor/tensorflow.ts";

/** Training ran into a loss that is infinite or no number. */
export class NonFiniteLossError extends Error {
  /** Tells it from other errors. */
  override name = "NonFiniteLossError";
}

/**
 * The error for training that diverged.
 *
 * @param what became of what, and where
 */
export const nonFinite = (what: string) =>
  new NonFiniteLossError(`${what}; a lower learning rate may help`);

/** Weight of the newest batch in batch norm's running statistics (PyTorch's default). */
const MOMENTUM = 0.1;

/**
 * One step: forward, backward, Adam, running statistics.
 *
 * @param state the state before; its tensors are disposed of
 * @param batch images [N, H, W, C], values 0 to 1
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
    throw nonFinite(`the loss became ${loss} at step ${state.step + 1}`);
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
 * @param batch images [N, H, W, C], values 0 to 1
 * @param noiseSeed decides the noise of models that train with some
 * @returns the state after
 */
export function trackingPass(
  state: TrainingState,
  batch: Tensor4D,
  noiseSeed: number,
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
 * @param batch images [N, H, W, C]
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
 * @param batch images [N, H, W, C]
 * @param autoencoder what is trained; default: the paper's
 * @param noiseSeed decides the noise of models that train with some
 * @returns the loss (r̄ or the model's own, and what it adds); its gradient by the
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
    onStatistic: (name, value) => seen.set(name, tf.keep(value.clone())),
    onLoss: (loss) => added.push(loss),
    noiseSeed,
    asPublished: autoencoder.trainedAsPublished,
  });
  const { corrupt, loss = meanSquaredError } = autoencoder;
  const input = corrupt ? corrupt(batch, noiseSeed) : batch;
  const output = autoencoder.reconstruct(input, layers);
  const error = loss(batch, output, layers);
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

/** r̄, equation 2. */
const meanSquaredError = (x: Tensor4D, reconstruction: Tensor4D) =>
  tf.losses.meanSquaredError(x, reconstruction) as Scalar;

const concatenate = (parts: Tensor[]) =>
  tf.concat(parts.map((part) => part.flatten())) as Tensor1D;
