/**
 * Novelty Maps: which pixels make an autoencoder call an image novel? The
 * autoencoder, the maps, the metrics and the experiment of Feeney & Hughes
 * (2021), "Evaluating the Use of Reconstruction Error for Novelty
 * Localization", in the order of the paper.
 *
 * @module
 */
export * from "./tensorflow.ts";

// Section 3.2: data and model.
export * from "./images.ts";
export * from "./mnist.ts";
export * from "./split.ts";
export { autoencoder, ENTRIES, initialWeights } from "./autoencoder.ts";
export { freeze, type FrozenAutoencoder, type Gradient } from "./layers.ts";
export {
  disposeTraining,
  newTraining,
  PAPER_SETTINGS,
  train,
  trainedWeights,
  type TrainingEvent,
  type TrainingSettings,
  type TrainingState,
} from "./training.ts";
export { type StateDict, WeightsError } from "./state_dict.ts";
export { readWeights, writeWeights } from "./weights_file.ts";

// Section 3: the maps, and Section 3.1: the metrics.
export * from "./maps.ts";
export * from "./metrics.ts";

// Section 4: results.
export * from "./evaluation.ts";
export * from "./examples.ts";
export * from "./results.ts";
export * from "./paper.ts";
export * from "./published.ts";
export { resultsTable } from "./table.ts";
export { figure1 } from "./figures/figure1.ts";
export { figure2 } from "./figures/figure2.ts";
export * from "./figures/display.ts";

export { loadAuthorsWeights } from "./authors_weights.ts";

// The defect behind the published numbers.
export { transposedConv2dAsPublished } from "./ops/as_published.ts";
export { transposedConv2d } from "./ops/convolution.ts";
