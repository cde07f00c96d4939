/**
 * Novelty Maps: which pixels make an autoencoder call an image novel? The
 * autoencoder, the maps, the metrics and the experiment of Feeney & Hughes
 * (2021), "Evaluating the Use of Reconstruction Error for Novelty
 * Localization", in the order of the paper.
 *
 * @module
 */
export * from "./tensor/tensorflow.ts";

// Section 3.2: data and model.
export * from "./data/mod.ts";
export * from "./data/dataset.ts";
export * from "./data/idx.ts";
export * from "./data/images.ts";
export * from "./data/mnist.ts";
export * from "./data/split.ts";
export * from "./model/summary.ts";
export {
  ARRAYS,
  autoencoder,
  CONVOLUTIONAL,
  initialWeights,
} from "./model/autoencoders/convolutional.ts";
export * from "./model/autoencoders/mod.ts";
export {
  freeze,
  type FrozenAutoencoder,
  type Gradient,
} from "./model/evaluation_mode.ts";
export {
  disposeTraining,
  initTraining,
  trainedWeights,
  type TrainingState,
} from "./training/state.ts";
export {
  PAPER,
  PAPER_SETTINGS,
  type TrainingSettings,
} from "./training/settings.ts";
export { train, type TrainingEvent } from "./training/loop.ts";
export * from "./training/model_cache.ts";
export * from "./training/model_file.ts";
export * from "./training/run.ts";
export * from "./training/training_cost.ts";
export { type StateDict, WeightsError } from "./weights/state_dict.ts";
export { readWeights, writeWeights } from "./model/read_weights.ts";

// Section 3: the maps, and Section 3.1: the metrics.
export * from "./maps/batches.ts";
export * from "./maps/maps.ts";
export * from "./metrics/metrics.ts";

// Section 4: results.
export * from "./studies/agreement/evaluation.ts";
export * from "./studies/agreement/rankings.ts";
export * from "./figures/examples.ts";
export * from "./studies/agreement/groups.ts";
export * from "./studies/agreement/measures.ts";
export * from "./studies/agreement/results.ts";
export * from "./report/html.ts";
export * from "./studies/paper/reported.ts";
export * from "./studies/paper/findings.ts";
export * from "./studies/seeds/summary.ts";
export * from "./report/seed_tables.ts";
export * from "./studies/load_results.ts";
export * from "./report/results_table.ts";

// Figures, and how a notebook shows them.
export * from "./figures/agreement_curve.ts";
export * from "./figures/agreement_slider.ts";
export * from "./figures/cascade_curve.ts";
export * from "./figures/colors.ts";
export * from "./notebook/display.ts";
export * from "./figures/distance_histogram.ts";
export * from "./figures/epoch_curve.ts";
export * from "./figures/figure1.ts";
export * from "./figures/figure2.ts";
export { imageGrid, type Tile } from "./figures/image_grid.ts";
export * from "./figures/localization_curve.ts";
export * from "./figures/matches.ts";
export * from "./figures/model_drawing.ts";
export * from "./figures/training_curve.ts";
export * from "./notebook/check_parameters.ts";
export * from "./notebook/open_study.ts";
export * from "./notebook/sentence.ts";
export * from "./notebook/training_display.ts";
export { withCaption } from "./figures/chart.ts";

export { loadAuthorsWeights } from "./model/authors_weights.ts";

// The defect behind the published numbers.
export { transposedConv2dAsPublished } from "./tensor/torch_2021_transposed_conv.ts";
export { transposedConv2d } from "./tensor/convolution.ts";

// Beyond the paper: which map finds an anomaly whose place is known?
export * from "./data/anomalies/mod.ts";
export * from "./metrics/localization/mod.ts";
export * from "./maps/attribution/mod.ts";
export * from "./studies/localization/benchmark.ts";
export * from "./studies/localization/scores.ts";
export * from "./report/localization_tables.ts";
export * from "./studies/localization/detection.ts";
export * from "./metrics/similarity/mod.ts";
export * from "./studies/similarity/comparison.ts";
export * from "./studies/sanity/randomization.ts";
export * from "./report/similarity_tables.ts";
export * from "./statistics/auroc.ts";
export * from "./statistics/estimate.ts";
export * from "./statistics/percentile.ts";
export * from "./statistics/statistics.ts";
export { anomalyStream, randomStream } from "./support/random.ts";
