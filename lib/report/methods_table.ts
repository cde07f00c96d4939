import { markdownTable } from "markdown-table";
import { ATTRIBUTIONS } from "../maps/attribution/mod.ts";
import { PAPER_MODEL } from "../model/autoencoders/mod.ts";
import { PASSES } from "../training/settings.ts";
import { findingNumber } from "../studies/paper/findings.ts";
import { meanText } from "../statistics/estimate.ts";
import type { BenchmarkedModel } from "../studies/localization/benchmark.ts";
import { meanOverKinds } from "../studies/localization/scores.ts";
import {
  seedMean,
  type SeedSummary,
  summaryOf,
} from "../studies/seeds/summary.ts";

/** Maps and scores that have columns of their own. */
const MAPS = ["reconstruction error", "saliency", "saliency × error"];
const SCORES = ["reconstruction loss", "norm of the saliency map"];

/**
 * Methods side by side, a line each, as a Markdown table: whether error and
 * saliency map agree, which score detects novel images (AUROC), and which map
 * finds anomalous pixels (pixel AUROC, the mean over the kinds of anomaly). The
 * best map is the best of those that depend on the model. What was not localized
 * has dashes.
 *
 * @param summaries of the paper's measures, with K = 10
 * @param localized what `localize` measured of the same models
 * @throws {RangeError} when a localization is of none of the models, of some
 * seeds of a model alone, or of one model twice
 */
export function methodsTable(
  summaries: readonly SeedSummary[],
  localized: readonly BenchmarkedModel[],
): string {
  const stranger = localized.find((model) =>
    !summaries.some((summary) => isOf(model, summary))
  );
  if (stranger) {
    throw new RangeError(`no results are of ${described(stranger)}`);
  }
  const rows = summaries.map((summary) => {
    const agreement = summaryOf(summary, "mean-agreement@10");
    const findings = summary.findings
      .filter(({ holds }) => holds === summary.seeds.length)
      .map(findingNumber);
    return [
      summary.model,
      summary.normalClasses.join(", "),
      String(summary.epochs),
      meanText(agreement.normal, agreement.digits),
      meanText(agreement.novel, agreement.digits),
      findings.join(", ") || "–",
      ...localizationCells(summary, localized),
    ];
  });
  const header = [
    ...["autoencoder", "normal", "epochs"],
    ...["top-10 agreement, pixels: normal", "novel", "findings that hold"],
    ...SCORES.map((score) => `AUROC: ${score}`),
    "its own scores",
    ...MAPS.map((map) => `pixel AUROC: ${map}`),
    "its best map",
  ];
  const align = [..."llrrrlrrlrrrl"];
  return markdownTable([header, ...rows], { align });
}

/** AUROCs of the scores and of the maps, and the best map. */
function localizationCells(
  summary: SeedSummary,
  localized: readonly BenchmarkedModel[],
): string[] {
  const own = localized.filter((model) => isOf(model, summary));
  if (own.length === 0) return Array(SCORES.length + MAPS.length + 2).fill("–");
  const seeds = new Set(own.map(({ seed }) => seed));
  if (seeds.size < own.length) {
    throw new RangeError(`a localization is given twice: ${described(own[0])}`);
  }
  if (seeds.size < summary.seeds.length) {
    throw new RangeError(
      `not all seeds have a localization of ${described(own[0])}`,
    );
  }
  const auroc = (score: string) =>
    over(own, ({ detection }) => detection[score].auroc.mean);
  const pixelAuroc = (map: string) =>
    over(own, ({ scores }) => meanOverKinds(scores[map], "pixelAuroc"));
  const ownScores = Object.keys(own[0].detection)
    .filter((score) => !SCORES.includes(score));
  return [
    ...SCORES.map((score) => meanText(auroc(score), 3)),
    ownScores.map((score) => `${score} ${meanText(auroc(score), 3)}`)
      .join(", ") || "–",
    ...MAPS.map((map) => meanText(pixelAuroc(map), 3)),
    bestOf(own[0], pixelAuroc),
  ];
}

const isOf = (model: BenchmarkedModel, summary: SeedSummary) =>
  (model.model ?? PAPER_MODEL) === summary.model &&
  summary.seeds.includes(model.seed!) && model.epochs === summary.epochs &&
  String(model.normalClasses) === String(summary.normalClasses) &&
  // Records from before there were other data and passes tell neither.
  (model.data ?? summary.data) === summary.data &&
  (model.passes ?? PASSES[0]) === (summary.passes ?? PASSES[0]);

const described = (
  { model, seed, epochs, normalClasses, data, passes }: BenchmarkedModel,
) =>
  `the ${
    model ?? PAPER_MODEL
  } autoencoder of seed ${seed}, ${epochs} epochs, ` +
  `normal classes ${normalClasses?.join(", ")}` +
  (data ? `, on ${data}` : "") + (passes ? `, passes ${passes}` : "");

const over = (
  models: readonly BenchmarkedModel[],
  of: (model: BenchmarkedModel) => number,
) => seedMean(models.map(of));

function bestOf(
  { scores }: BenchmarkedModel,
  pixelAuroc: (map: string) => ReturnType<typeof seedMean>,
): string {
  const [best] = Object.keys(scores)
    .filter((map) => !ATTRIBUTIONS[map]?.isBaseline)
    .map((map) => ({ map, auroc: pixelAuroc(map) }))
    .sort((a, b) => b.auroc.mean - a.auroc.mean);
  return `${best.map} ${meanText(best.auroc, 3)}`;
}
