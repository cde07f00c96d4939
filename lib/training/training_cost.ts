import type { Tensor4D } from "../tensor/tensorflow.ts";
import { type LabelledImages, toBatch } from "../data/images.ts";
import { countSteps } from "./loop.ts";
import { type RunSettings, trainingSplit } from "./settings.ts";
import { disposeTraining, type TrainingState } from "./state.ts";
import { trackingPass, trainingStep } from "./step.ts";

/** What training costs. */
export interface Cost {
  /** Images trained on in each epoch. */
  images: number;
  /** Steps of all epochs that are left. */
  steps: number;
  /** Of the steps and the validation passes, on this machine as it is busy now. */
  seconds: number;
}

/** Steps that are timed; the first makes TensorFlow ready. */
const TRIALS = 4;

/**
 * What training on would cost, from a few steps that are thrown away.
 *
 * @param start where training begins; its tensors are disposed of
 * @param training the training file's images
 * @param settings of the run
 */
export function trainingCost(
  start: TrainingState,
  training: LabelledImages,
  settings: RunSettings,
): Cost {
  const { batchSize, learningRate, epochs } = settings;
  let state = start;
  let made: Tensor4D | undefined;
  const epochsLeft = epochs - start.history.length;
  /** Milliseconds of one call, which replaces the state. */
  const timed = (f: () => TrainingState) => {
    const before = performance.now();
    state = f();
    return performance.now() - before;
  };
  try {
    const split = trainingSplit(training.labels, settings);
    const batch = toBatch(training, split.training.slice(0, batchSize));
    made = batch;
    const images = split.training.length;
    const steps = epochsLeft * countSteps(images, batchSize);
    const passes = settings.passes === "none"
      ? 0
      : epochsLeft * countSteps(split.validation.length, batchSize);
    // The median of three, as the fastest promises too much on a busy machine;
    // the first step of all, which is slower, sits out.
    const [, step] = Float64Array.from(
      { length: TRIALS },
      () => timed(() => trainingStep(state, batch, learningRate).state),
    ).subarray(1).sort();
    const pass = timed(() => trackingPass(state, batch, 0));
    return { images, steps, seconds: (steps * step + passes * pass) / 1000 };
  } finally {
    disposeTraining(state);
    made?.dispose();
  }
}
