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
export * from "./architecture.ts";
export {
  autoencoder,
  CONVOLUTIONAL,
  ENTRIES,
  initialWeights,
} from "./autoencoder.ts";
export * from "./autoencoders/mod.ts";
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
export * from "./models.ts";
export { type StateDict, WeightsError } from "./state_dict.ts";
export { readWeights, writeWeights } from "./weights_file.ts";

// Section 3: the maps, and Section 3.1: the metrics.
export * from "./maps.ts";
export * from "./metrics.ts";

// Section 4: results.
export * from "./evaluation.ts";
export * from "./examples.ts";
export * from "./results.ts";
export * from "./report.ts";
export * from "./paper.ts";
export * from "./published.ts";
export * from "./evidence.ts";
export * from "./evidence_table.ts";
export * from "./recorded.ts";
export * from "./table.ts";

// Figures, and how a notebook shows them.
export * from "./figures/agreement_curve.ts";
export * from "./figures/agreement_slider.ts";
export * from "./figures/cascade_curve.ts";
export * from "./figures/colors.ts";
export * from "./figures/display.ts";
export * from "./figures/distance_histogram.ts";
export * from "./figures/epoch_curve.ts";
export * from "./figures/figure1.ts";
export * from "./figures/figure2.ts";
export { imageGrid, type Tile } from "./figures/image_grid.ts";
export * from "./figures/localization_curve.ts";
export * from "./figures/matches.ts";
export * from "./figures/model_drawing.ts";
export * from "./figures/training_curve.ts";
export * from "./figures/training_display.ts";

export { loadAuthorsWeights } from "./authors_weights.ts";

// The defect behind the published numbers.
export { transposedConv2dAsPublished } from "./ops/as_published.ts";
export { transposedConv2d } from "./ops/convolution.ts";

// Beyond the paper: which map finds an anomaly whose place is known?
export * from "./anomalies/mod.ts";
export * from "./localization.ts";
export * from "./attribution/mod.ts";
export * from "./race.ts";
export * from "./race_table.ts";
export * from "./detection.ts";
export * from "./similarity/mod.ts";
export * from "./similarity/comparison.ts";
export * from "./sanity.ts";
export * from "./similarity_table.ts";
export * from "./statistics.ts";
export { anomalyStream, randomStream } from "./random.ts";
