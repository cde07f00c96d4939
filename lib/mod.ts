/**
 * Novelty Maps: which pixels make an autoencoder call an image novel? The
 * autoencoder, the maps, the metrics and the experiment of Feeney & Hughes
 * (2021), "Evaluating the Use of Reconstruction Error for Novelty
 * Localization", in the order in which data go through them; sections are the
 * paper's.
 *
 * @example The maps of an image, and how far they agree
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * // A stand-in for a trained model: it reconstructs every image at half its light.
 * const half = (x: Tensor4D) => tf.mul<Tensor4D>(x, 0.5);
 * const image = tf.tensor4d([0.2, 0.4, 0.6, 0.8], [1, 2, 2, 1]);
 * const { saliency, error } = computeMaps(half, image);
 * const top = [saliency, error].map((map) => topK(map.dataSync(), 2));
 * assertEquals(agreement(top[0], top[1]), 2);
 * ```
 *
 * @module
 */

// Section 3.2: data.
export { type Data, DataError, type Dataset } from "./data/dataset.ts";
export type { ImageFolderOptions } from "./data/image_folder.ts";
export { DATASETS, openDataset } from "./data/mod.ts";
export { parseIdx } from "./data/idx.ts";
export {
  countImages,
  firstImages,
  type Images,
  imageValues,
  type LabelledImages,
  selectImages,
  toBatch,
} from "./data/images.ts";
export { loadMnist, loadTest, mnist, type Source } from "./data/mnist.ts";
export { type Split, splitNormal } from "./data/split.ts";
export {
  anomalyStream,
  type RandomGenerator,
  randomStream,
  type RandomUse,
} from "./support/random.ts";

// Section 3.2: model.
export {
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  type TensorFlow,
  tf,
} from "./tensor/tensorflow.ts";
export { type ImageShape, MNIST_SHAPE } from "./model/image_shape.ts";
export {
  type Autoencoder,
  type Block,
  initialise,
  type Layers,
  type Operation,
  type ParameterSpec,
} from "./model/parameters.ts";
export { loadTfjsModel, type TfjsModel } from "./model/tfjs_model.ts";
export { initialWeights } from "./model/autoencoders/convolutional.ts";
export {
  autoencoderNamed,
  autoencoderOf,
  AUTOENCODERS,
  MODEL_NAMES,
  type ModelName,
  PAPER_MODEL,
} from "./model/autoencoders/mod.ts";
export type {
  Activate,
  Activation,
  ActivationKind,
} from "./model/activation.ts";
export { type LayerRow, modelSummary } from "./model/summary.ts";
export {
  freeze,
  type FrozenAutoencoder,
  type Gradient,
} from "./model/evaluation_mode.ts";
export {
  type StateDict,
  type Weights,
  WeightsError,
} from "./weights/state_dict.ts";
export {
  readWeights,
  type TrackedWeights,
  writeWeights,
} from "./model/read_weights.ts";
export { loadAuthorsWeights } from "./model/authors_weights.ts";
export { UnavailableFileError } from "./support/checked_file.ts";

// Section 3.2: training.
export {
  PAPER,
  PAPER_SETTINGS,
  type Passes,
  type RunSettings,
  type TrainingSettings,
} from "./training/settings.ts";
export type { AdamState } from "./training/adam.ts";
export {
  disposeTraining,
  type EpochLosses,
  initTraining,
  trainedWeights,
  trainingFrom,
  type TrainingState,
} from "./training/state.ts";
export { train, type TrainingEvent } from "./training/loop.ts";
export type { Checkpoint } from "./training/checkpoint.ts";
export {
  resumeOrInit,
  type RunEvent,
  runTraining,
  type TrainingStore,
} from "./training/run.ts";
export { NonFiniteLossError } from "./training/step.ts";
export {
  type RunPosition,
  STATISTICS_KINDS,
  type StatisticsKind,
  updateStatistics,
} from "./training/running_statistics.ts";
export { type Cost, trainingCost } from "./training/training_cost.ts";
export {
  type LoadedModel,
  type Model,
  modelFile,
  readModel,
} from "./training/model_file.ts";
export {
  loadModel,
  modelName,
  saveModel,
  trainedModel,
} from "./training/model_cache.ts";

// Section 3: the maps, equations 1 to 3.
export {
  computeMaps,
  errorMap,
  type MappedModel,
  type Maps,
  type Reconstruct,
  type ReconstructWith,
  scaleMaps,
} from "./maps/maps.ts";
export { ReconstructionError } from "./maps/reconstruction_error.ts";
export { batchesOf, type BatchSource, mapBatches } from "./maps/batches.ts";
export {
  type ConvolutionOptions,
  type Geometry,
  transposedConv2d,
} from "./tensor/convolution.ts";
export { transposedConv2dAsPublished } from "./tensor/torch_2021_transposed_conv.ts";

// Section 3.1: the metrics.
export type { MapData } from "./metrics/map_data.ts";
export {
  agreement,
  agreementAtEveryK,
  chanceAgreement,
  topK,
} from "./metrics/top_k.ts";
export {
  bestMatch,
  chanceDistance,
  maximumDistance,
} from "./metrics/best_match.ts";
export { mapMse } from "./metrics/map_mse.ts";
export {
  backpropagatedCosine,
  backpropagatedResidual,
  residualRatio,
} from "./metrics/backpropagated_residual.ts";

// Section 4: the studies, and their statistics.
export {
  evaluate,
  evaluationMaps,
  type ImageResult,
  type MapPair,
  measure,
} from "./studies/agreement/evaluation.ts";
export type { Groups } from "./studies/agreement/groups.ts";
export {
  type Measure,
  type MeasureId,
  measureOf,
  measuresOf,
  type OverallName,
  type PerKName,
} from "./studies/agreement/measures.ts";
export {
  fromCsv,
  majorityShare,
  mostFrequent,
  type Results,
  type ResultSettings,
  type Software,
  summarise,
  toCsv,
} from "./studies/agreement/results.ts";
export {
  classDifference,
  type ClassedRun,
  type ClassMeasure,
  type ClassMeasures,
  classTest,
  measuresByClass,
  statisticsFrom,
} from "./studies/agreement/by_class.ts";
export { aurocWithoutClass } from "./studies/left_out.ts";
export {
  correlationOverModels,
  type NamedResidualStudy,
  type ResidualStudy,
  studyResidual,
} from "./studies/residual.ts";
export {
  type ControlledRun,
  crossedPairs,
  type CrossedRuns,
  crossOver,
  lessControl,
  noveltyEffect,
} from "./studies/agreement/cross_over.ts";
export {
  loadImageResults,
  loadRecord,
  loadResults,
  recordedBenchmarks,
  recordedRuns,
  RecordError,
  type ResultKind,
} from "./studies/load_results.ts";
export {
  type Difference,
  findingCounts,
  type MeasureSummary,
  type SeedMean,
  type SeedSummary,
  smallestP,
  summariseSeeds,
} from "./studies/seeds/summary.ts";
export {
  type MeasurePlace,
  type Place,
  placesAmong,
} from "./studies/seeds/place.ts";
export {
  STATISTICS_NAMES,
  type StatisticsRow,
  type StudiedModel,
  studyStatistics,
} from "./studies/running_statistics/statistics_study.ts";
export {
  cascadingRandomization,
  layersFromOutput,
  type Likeness,
  likenessOf,
  partedRows,
  type RandomisedModel,
  sanityCheck,
  type SanityRow,
} from "./studies/sanity/randomization.ts";
export {
  compareMeasures,
  compareSimilarities,
  type MeasureComparison,
  type MeasureRow,
  rankCorrelations,
  type SignedMaps,
  signedMaps,
  type SimilarityStudy,
} from "./studies/similarity/comparison.ts";
export {
  hog,
  type HogOptions,
  pearson,
  SIMILARITIES,
  similarities,
  type Similarity,
  spearman,
  ssim,
  type SsimOptions,
} from "./metrics/similarity/mod.ts";
export { auroc } from "./statistics/auroc.ts";
export {
  bootstrapGroupsInterval,
  bootstrapInterval,
  type BootstrapOptions,
  type Interval,
} from "./statistics/bootstrap.ts";
export { cohensDz, rankBiserial } from "./statistics/effect_size.ts";
export { type Estimate, estimate, meanText } from "./statistics/estimate.ts";
export { holm } from "./statistics/holm.ts";
export { mean } from "./statistics/mean.ts";
export { percentileOf } from "./statistics/percentile.ts";
export {
  pairedPermutationTest,
  permutationTest,
  type Resampling,
} from "./statistics/permutation.ts";
export type { Values } from "./statistics/values.ts";

// The paper's own numbers, beside ours.
export {
  isPaperExperiment,
  REPORTED,
  type ReportedValue,
} from "./studies/paper/reported.ts";
export {
  type BothGradients,
  compareWithPaper,
  type Comparison,
  comparisonTable,
  figure2Table,
  runFindingsTable,
  type Verdict,
  verdicts,
  verdictTable,
} from "./studies/paper/findings.ts";

export {
  type ArrayComparison,
  type AuthorsArrays,
  compareWithAuthors,
  loadAuthorsArrays,
} from "./studies/paper/authors_arrays.ts";

// Beyond the paper: which map finds an anomaly whose place is known?
export {
  ANOMALIES,
  type Anomaly,
  type AnomalyKind,
  blob,
  cutPaste,
  erasedStroke,
  makeAnomalies,
  perlin,
  type Picture,
  type PlacedAnomaly,
  type Range,
  scratch,
  shiftedPiece,
} from "./data/anomalies/mod.ts";
export * from "./maps/attribution/mod.ts";
export * from "./metrics/localization/mod.ts";
export type { OnProgress } from "./support/progress.ts";
export {
  attributionMaps,
  benchmarkAnomalies,
  benchmarkDefects,
  type BenchmarkedModel,
  benchmarkMaps,
  type BenchmarkPlan,
  inRandomOrder,
  type LocalizationBenchmark,
  madeAnomalies,
} from "./studies/localization/benchmark.ts";
export {
  type LocalizationExample,
  localizationExamples,
} from "./studies/localization/examples.ts";
export {
  type MaskedImage,
  realDefects,
  typicalDefect,
} from "./studies/localization/real_defects.ts";
export {
  type ImageScore,
  LOCALIZATION_SCORES,
  type LocalizationScore,
  type MapScores,
  meanOverKinds,
  type PixelScore,
  scoreMaps,
} from "./studies/localization/scores.ts";
export {
  type Detection,
  detection,
  detectNovelty,
  type NoveltyScores,
  noveltyScores,
} from "./studies/localization/detection.ts";

// Figures.
export { agreementCurve } from "./figures/agreement_curve.ts";
export { agreementSlider } from "./figures/agreement_slider.ts";
export { cascadeCurve } from "./figures/cascade_curve.ts";
export type { ChartSpec, VegaLite } from "./figures/chart_spec.ts";
export {
  type Colormap,
  difference,
  gray,
  inferno,
  type Rgb,
} from "./figures/colors.ts";
export { withCaption } from "./figures/chart.ts";
export { distanceHistogram } from "./figures/distance_histogram.ts";
export { epochCurve } from "./figures/epoch_curve.ts";
export {
  chooseExamples,
  type ExampleRow,
  exampleRows,
} from "./figures/examples.ts";
export { figure1, type Figure1Row } from "./figures/figure1.ts";
export { localizationFigure } from "./figures/localization_figure.ts";
export { mapColorBar, mapTile, scaleMap } from "./figures/map_tile.ts";
export { figure2 } from "./figures/figure2.ts";
export {
  type ColorBar,
  type ImageGrid,
  imageGrid,
  type Tile,
} from "./figures/image_grid.ts";
export { localizationCurve } from "./figures/localization_curve.ts";
export { matchDrawing, type Matches } from "./figures/matches.ts";
export { modelDrawing } from "./figures/model_drawing.ts";
export { classChart } from "./figures/class_chart.ts";
export { crossOverChart } from "./figures/cross_over_chart.ts";
export { residualParts } from "./figures/residual_parts.ts";
export { residualChart } from "./figures/residual_chart.ts";
export { statisticsCurve } from "./figures/statistics_curve.ts";
export { trainingCurve } from "./figures/training_curve.ts";

// Reports.
export {
  report,
  type ReportFigures,
  type ReportOptions,
} from "./report/html.ts";
export {
  classTable,
  layerTable,
  resultsTable,
} from "./report/results_table.ts";
export {
  epochTable,
  findingCountsTable,
  findingsTable,
  heldFindings,
  measuresTable,
  modelsTable,
  placesTable,
  seedFindings,
} from "./report/seed_tables.ts";
export {
  detectionTable,
  kindsTable,
  scoresTable,
} from "./report/localization_tables.ts";
export { agreementByClassTable } from "./report/agreement_by_class_table.ts";
export { crossOverTable } from "./report/cross_over_table.ts";
export { type LeftOut, leftOutTable } from "./report/left_out_table.ts";
export {
  classMeasuresTable,
  controlledMeasuresTable,
  crossedMeasuresTable,
} from "./report/class_measures_table.ts";
export { type MethodsTables, methodsTables } from "./report/methods_tables.ts";
export { residualTable } from "./report/residual_table.ts";
export {
  statisticsFindings,
  statisticsTable,
} from "./report/statistics_table.ts";
export {
  correlationTable,
  measureTable,
  sanityFinding,
  sanityTable,
  separationFinding,
} from "./report/similarity_tables.ts";

// What a notebook shows.
export {
  benchmarkCaption,
  modelCaption,
  runsCaption,
  statisticsCaption,
} from "./report/captions.ts";
export type { AgreementStudy } from "./studies/agreement/agreement_study.ts";
export type { MapRankings } from "./studies/agreement/rankings.ts";
export {
  type CheckedParameters,
  checkParameters,
  requireWhole,
  type StudyParameters,
} from "./notebook/check_parameters.ts";
export {
  type Evidence,
  noEvidence,
  openEvidence,
} from "./notebook/open_evidence.ts";
export {
  type AuthorsStudy,
  noAuthors,
  openAuthors,
} from "./notebook/open_authors.ts";
export {
  openClasses,
  openCourse,
  openLocalization,
  openLocalizations,
  openRuns,
  openStatistics,
  openSummaries,
  openTable,
  unlessMissing,
} from "./notebook/open_records.ts";
export { notComputed } from "./notebook/closed.ts";
export { noStudy, openStudy, type Study } from "./notebook/open_study.ts";
export { Sentence } from "./notebook/sentence.ts";
export {
  bundleMetadata,
  chartBundle,
  liveDisplay,
  markdownBundle,
  type MimeBundle,
  pictureBundle,
  showChart,
  showMarkdown,
  showSvg,
} from "./notebook/display.ts";
export {
  showTrainingCost,
  trainingDisplay,
} from "./notebook/training_display.ts";
