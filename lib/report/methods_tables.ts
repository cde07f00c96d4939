import { markdownTable } from "markdown-table";
import { heldFindings, NAMING_HEADERS, namingCells } from "./seed_tables.ts";
import { ATTRIBUTIONS } from "../maps/attribution/mod.ts";
import { PAPER_MODEL } from "../model/autoencoders/mod.ts";
import { PASSES } from "../training/settings.ts";
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

/** What can be asked of methods, each in a Markdown table with a line a method. */
export interface MethodsTables {
  /** Whether error and saliency map agree, and which findings hold. */
  agreement: string;
  /** Which score detects novel images (AUROC). */
  detection: string;
  /**
   * Which map finds anomalous pixels: pixel AUROC, the mean over the kinds of
   * anomaly. The best map is the best of those that depend on the model.
   */
  localization: string;
}

/**
 * Methods side by side. What was not localized has dashes.
 *
 * @param summaries of the paper's measures, with K = 10
 * @param localized what `localize` measured of the same models
 * @throws {RangeError} when a localization is of none of the models, of some
 * seeds of a model alone, or of one model twice
 */
export function methodsTables(
  summaries: readonly SeedSummary[],
  localized: readonly BenchmarkedModel[],
): MethodsTables {
  const stranger = localized.find((model) =>
    !summaries.some((summary) => isOf(model, summary))
  );
  if (stranger) {
    throw new RangeError(`no results are of ${described(stranger)}`);
  }
  const methods = summaries.map((summary) => ({
    summary,
    own: localizationsOf(summary, localized),
  }));
  const table = (
    headers: string[],
    cellsOf: (method: Method) => string[],
    align: string,
  ) =>
    markdownTable([
      [...NAMING_HEADERS, ...headers],
      ...methods.map((method) => [
        ...namingCells(method.summary),
        ...cellsOf(method),
      ]),
    ], { align: [..."llrr", ...align] });
  return {
    agreement: table(
      ["top-10 agreement, pixels: normal", "novel", "findings that hold"],
      agreementCells,
      "rrl",
    ),
    detection: table(
      [...SCORES.map((score) => `AUROC: ${score}`), "its own scores"],
      detectionCells,
      "rrl",
    ),
    localization: table(
      [...MAPS.map((map) => `pixel AUROC: ${map}`), "its best map"],
      mapCells,
      "rrrl",
    ),
  };
}

interface Method {
  summary: SeedSummary;
  /** One a seed, or none. */
  own: readonly BenchmarkedModel[];
}

function agreementCells({ summary }: Method): string[] {
  const { normal, novel, digits } = summaryOf(summary, "mean-agreement@10");
  return [
    meanText(normal, digits),
    meanText(novel, digits),
    heldFindings(summary),
  ];
}

function detectionCells({ own }: Method): string[] {
  if (own.length === 0) return [...SCORES, ""].map(() => "–");
  const auroc = (score: string) =>
    meanText(over(own, ({ detection }) => detection[score].auroc.mean), 3);
  const ownScores = Object.keys(own[0].detection)
    .filter((score) => !SCORES.includes(score));
  return [
    ...SCORES.map(auroc),
    ownScores.map((score) => `${score} ${auroc(score)}`).join(", ") || "–",
  ];
}

function mapCells({ own }: Method): string[] {
  if (own.length === 0) return [...MAPS, ""].map(() => "–");
  const pixelAuroc = (map: string) =>
    over(own, ({ scores }) => meanOverKinds(scores[map], "pixelAuroc"));
  return [
    ...MAPS.map((map) => meanText(pixelAuroc(map), 3)),
    bestOf(own[0], pixelAuroc),
  ];
}

/** The localizations of a model's seeds: all of them, or none. */
function localizationsOf(
  summary: SeedSummary,
  localized: readonly BenchmarkedModel[],
): readonly BenchmarkedModel[] {
  const own = localized.filter((model) => isOf(model, summary));
  const seeds = new Set(own.map(({ seed }) => seed));
  if (seeds.size < own.length) {
    throw new RangeError(`a localization is given twice: ${described(own[0])}`);
  }
  if (own.length > 0 && seeds.size < summary.seeds.length) {
    throw new RangeError(
      `not all seeds have a localization of ${described(own[0])}`,
    );
  }
  return own;
}

const isOf = (model: BenchmarkedModel, summary: SeedSummary) =>
  (model.model ?? PAPER_MODEL) === summary.model &&
  // Localization knows no other gradient.
  summary.gradient === "exact" && model.statistics === summary.statistics &&
  model.learnt === summary.learnt &&
  summary.seeds.includes(model.seed!) && model.epochs === summary.epochs &&
  String(model.normalClasses) === String(summary.normalClasses) &&
  // Records from before there were other data and passes tell neither.
  (model.data ?? summary.data) === summary.data &&
  (model.passes ?? PASSES[0]) === (summary.passes ?? PASSES[0]);

const described = (
  { model, seed, epochs, normalClasses, data, ...others }: BenchmarkedModel,
) =>
  `the ${
    model ?? PAPER_MODEL
  } autoencoder of seed ${seed}, ${epochs} epochs, ` +
  `normal classes ${normalClasses?.join(", ")}` +
  (data ? `, on ${data}` : "") +
  (others.passes ? `, passes ${others.passes}` : "") +
  (others.statistics ? `, running statistics ${others.statistics}` : "");

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
