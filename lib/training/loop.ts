import { setImmediate } from "node:timers/promises";
import { type Images, toBatch } from "../data/images.ts";
import { requireSameShape } from "../model/image_shape.ts";
import { freeze } from "../model/evaluation_mode.ts";
import { randomStream, shuffle, validationStream } from "../support/random.ts";
import type { Split } from "../data/split.ts";
import type { TrainingSettings } from "./settings.ts";
import {
  disposeTraining,
  type EpochLosses,
  trainedWeights,
  type TrainingState,
} from "./state.ts";
import { nonFinite, trackingPass, trainingStep } from "./step.ts";
import { type Tensor4D, tf } from "../tensor/tensorflow.ts";

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
 * `passes: "none"` leaves them out, to show what they change.
 *
 * @param start where to begin; its tensors are disposed of
 * @param images the training file's images
 * @param split which of them train and which validate
 * @param settings the epochs already in `start` count towards `epochs`
 * @throws {NonFiniteLossError} when a loss is not finite
 * @throws {RangeError} when the images are not of the autoencoder's shape
 */
export async function* train(
  start: TrainingState,
  images: Images,
  split: Split,
  { seed, epochs, batchSize, learningRate, passes }: TrainingSettings,
): AsyncGenerator<TrainingEvent> {
  let state = start;
  const stepsPerEpoch = countSteps(split.training.length, batchSize);
  try {
    requireSameShape(images, state.autoencoder.shape);
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
      const passing = passes === "none" ? [] : split.validation;
      for (
        const after of validationPasses(state, images, passing, {
          ...{ seed, epoch, batchSize },
        })
      ) {
        state = after;
        await setImmediate();
      }
      const losses = {
        training: sum / seen,
        validation: validationLoss(state, images, split.validation),
      };
      if (!Number.isFinite(losses.validation)) {
        throw nonFinite(
          `the validation loss became ${losses.validation} in epoch ${epoch}`,
        );
      }
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

/** The mean r̄ of images; NaN where the weights are not finite. */
function validationLoss(
  state: TrainingState,
  images: Images,
  indices: number[],
): number {
  if (!isFiniteState(state)) return NaN;
  const model = freeze(trainedWeights(state), {
    autoencoder: state.autoencoder,
  });
  try {
    let sum = 0;
    for (let start = 0; start < indices.length; start += VALIDATION_BATCH) {
      const chosen = indices.slice(start, start + VALIDATION_BATCH);
      sum += tf.tidy(() => {
        const batch = toBatch(images, chosen);
        const y = model.reconstruct(batch);
        return tf.losses.meanSquaredError(batch, y).dataSync()[0];
      }) * chosen.length;
    }
    return sum / indices.length;
  } finally {
    model.dispose();
  }
}

const isFiniteState = ({ parameters, statistics }: TrainingState) =>
  tf.tidy(() =>
    [parameters, statistics].every((values) =>
      tf.all(tf.isFinite(values)).dataSync()[0]
    )
  );

const VALIDATION_BATCH = 250;

/**
 * Batches of images for training mode; batch norm has no variance of a single
 * image, so one left over sits out.
 *
 * @param images where they are
 * @param order which ones, in order
 * @param batchSize images a batch
 * @yields [N, H, W, C], valid until the next batch is asked for
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
