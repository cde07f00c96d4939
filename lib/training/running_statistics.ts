import { randomStream, shuffle } from "../support/random.ts";
import type { Images } from "../data/images.ts";
import type { Split } from "../data/split.ts";
import { type Tensor1D, tf } from "../tensor/tensorflow.ts";
import {
  countSteps,
  noiseSeedOf,
  trainingBatches,
  validationPasses,
} from "./loop.ts";
import {
  disposeTraining,
  trainedWeights,
  trainingFrom,
  type TrainingState,
} from "./state.ts";
import { observe } from "./step.ts";
import type { TrackedWeights } from "../model/read_weights.ts";
import type { Autoencoder } from "../model/parameters.ts";
import { autoencoderOf } from "../model/autoencoders/mod.ts";

/**
 * Which running statistics batch norm has in evaluation mode, and layers like
 * it (`Layers.statistic`):
 *
 * - `as-stored`: those in the file;
 * - `validation`: moved on by the validation images, as the authors' training
 *   does after every epoch (their `train()` never calls `eval()`;
 *   github.com/PatrickFeeney/autoencoder-saliency at 1f4ceb8);
 * - `precise`: mean and unbiased variance of the training batches of an epoch
 *   (or what else the layer sees of a batch), averaged (Wu & Johnson, 2021,
 *   "Rethinking 'Batch' in BatchNorm", section 3).
 */
export type StatisticsKind = "as-stored" | "validation" | "precise";

/** The kinds of running statistics, as flags name them. */
export const STATISTICS_KINDS: StatisticsKind[] = [
  "as-stored",
  "validation",
  "precise",
];

/** What the batches of a training run depend on. */
export interface RunPosition {
  /** Decides the order of the images. */
  seed: number;
  /** Epochs done. */
  epochs: number;
  /** Images a batch. */
  batchSize: number;
}

/**
 * Brings a trained model's running statistics up to date with its weights.
 * What was trained stays as it is.
 *
 * @param kind which statistics; "as-stored" changes nothing
 * @param model a state dict with every entry of the model
 * @param images the training file's images
 * @param split the split of the model's own training
 * @param position of the model in its training
 * @param autoencoder what the weights are of; default: found by their names
 * @returns the model with other running statistics
 *
 * @example Statistics of random weights after two images
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { initialWeights } from "../model/autoencoders/convolutional.ts";
 *
 * const images = { height: 28, width: 28, channels: 1, pixels: new Uint8Array(4 * 784).fill(90) };
 * const split = { training: [0, 1], validation: [2, 3] };
 * const position = { seed: 0, epochs: 1, batchSize: 256 };
 * const before = { weights: initialWeights(0), batchesTracked: 7 };
 * const after = updateStatistics("validation", before, images, split, position);
 * assertEquals(after.batchesTracked, 8);
 * ```
 */
export function updateStatistics(
  kind: StatisticsKind,
  model: TrackedWeights,
  images: Images,
  split: Split,
  position: RunPosition,
  autoencoder: Autoencoder = autoencoderOf(model.weights),
): TrackedWeights {
  if (kind === "as-stored") return model;
  const { seed, epochs, batchSize } = position;
  const steps = countSteps(split.training.length, batchSize);
  let state: TrainingState = {
    ...trainingFrom(model, autoencoder),
    step: epochs * steps,
  };
  if (kind === "validation") {
    const passes = validationPasses(state, images, split.validation, {
      ...{ seed, epoch: epochs, batchSize },
    });
    for (const after of passes) state = after;
  } else {
    const statistics = averageStatistics(state, images, split, position);
    state.statistics.dispose();
    state = { ...state, statistics, batchesTracked: steps };
  }
  const weights = trainedWeights(state);
  disposeTraining(state);
  // Without the number of batches before, the total is not known.
  if (kind === "validation" && model.batchesTracked === undefined) {
    return { weights };
  }
  return { weights, batchesTracked: state.batchesTracked };
}

/** The statistics of an epoch's training batches, averaged, [S]. */
function averageStatistics(
  { parameters, autoencoder, step }: TrainingState,
  images: Images,
  split: Split,
  { seed, epochs, batchSize }: RunPosition,
): Tensor1D {
  const order = shuffle(split.training, randomStream(seed, "order", epochs));
  const first = step - countSteps(order.length, batchSize);
  let count = 0;
  let sum: Tensor1D | undefined;
  for (const batch of trainingBatches(images, order, batchSize)) {
    const noiseSeed = noiseSeedOf(seed, first + count++);
    const before: Tensor1D | undefined = sum;
    sum = tf.tidy(() => {
      const observed = observe(parameters, batch, autoencoder, noiseSeed);
      return before ? tf.add(before, observed) as Tensor1D : observed;
    });
    before?.dispose();
  }
  if (!sum) throw new RangeError("there are no two images to train on");
  const average = tf.div(sum, count) as Tensor1D;
  sum.dispose();
  return average;
}
