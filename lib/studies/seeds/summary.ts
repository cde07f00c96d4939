import { DIGITS } from "../../data/mnist_data.ts";
import { labelsName } from "../../data/split.ts";
import { PAPER_MODEL } from "../../model/autoencoders/mod.ts";
import { verdicts } from "../paper/findings.ts";
import type { Estimate } from "../../statistics/estimate.ts";
import { randomStream } from "../../support/random.ts";
import type { Results, ResultSettings } from "../agreement/results.ts";
import { PAPER_SETTINGS, PASSES } from "../../training/settings.ts";
import {
  type MeasureId,
  measuresOf,
  type PerKName,
} from "../agreement/measures.ts";
import type { Groups } from "../agreement/groups.ts";
import {
  bootstrapInterval,
  type Interval,
} from "../../statistics/bootstrap.ts";
import { cohensDz, rankBiserial } from "../../statistics/effect_size.ts";
import { holm } from "../../statistics/holm.ts";
import { mean } from "../../statistics/mean.ts";
import { pairedPermutationTest } from "../../statistics/permutation.ts";

/**
 * A mean over seeds; the 95 % interval needs two of them. Of few seeds a
 * bootstrap interval is too narrow: with five normal values it holds the true
 * mean five times in six.
 */
export type SeedMean = Estimate;

/** Novel less normal images, one difference a seed. */
export interface Difference extends SeedMean {
  /** Two-sided paired permutation test over seeds; see {@linkcode smallestP}. */
  p: number;
  /** p, adjusted for the measures of the same models (Holm). */
  adjustedP: number;
  /** Cohen's d_z; null where it is infinite: all seeds differ by the same. */
  effect: number | null;
  /** 95 %, as that of the mean; null where an end is infinite. */
  effectInterval?: Interval | null;
}

/** One measure of models that differ in nothing but the seed. */
export interface MeasureSummary extends Groups<SeedMean> {
  /** What tables and figures look it up by. */
  id: MeasureId;
  /** What is measured, with its unit. */
  measure: string;
  /** Decimals worth showing. */
  digits: number;
  /** Novel less normal images. */
  difference: Difference;
}

/** Models that differ in nothing but the seed, measured on the test set. */
export interface SeedSummary {
  /** Which autoencoder. */
  model: string;
  /** Which test set. */
  data: string;
  /** Labels of the normal images. */
  normalClasses: number[];
  /** Names of all classes; default: the ten digits. */
  classes?: readonly string[];
  /** What the models learnt, if not these. */
  learnt?: string;
  /** How the saliency maps were computed. */
  gradient: string;
  /** Epochs that each model was trained for. */
  epochs: number;
  /** Batch norm's running statistics, if not those of the files. */
  statistics?: string;
  /** What moved them after an epoch, if not as the authors. */
  passes?: string;
  /** One a model. */
  seeds: number[];
  /** Each measure over the seeds. */
  measures: MeasureSummary[];
  /** AUROC of the reconstruction loss as a novelty score. */
  auroc: SeedMean;
  /**
   * By K: how much more novel images agree, as the rank-biserial correlation
   * over images (−1 to 1; below 0 they agree less), and its mean over seeds.
   */
  agreementEffect: Record<string, SeedMean>;
  /** The paper's findings, and in how many seeds each holds; needs K = 10. */
  findings: { claim: string; holds: number }[];
}

/**
 * The smallest p that the paired permutation test over seeds can give.
 *
 * @param seeds how many
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(smallestP(5), 0.0625);
 * ```
 */
export function smallestP(seeds: number): number {
  return pairedPermutationTest(Array(seeds).fill(1), { random: random() });
}

/**
 * The K that figures and tables of one K show: the paper's 10, where the runs
 * have it, or their largest.
 *
 * @param ks values of K, at least one
 */
export function shownK(ks: readonly number[]): number {
  return ks.includes(10) ? 10 : Math.max(...ks);
}

/** What is summed up of each K. */
export const SUMMARISED: readonly PerKName[] = [
  "majority-share",
  "mean-agreement",
  "max-distance",
];

/**
 * In how many models each finding of the paper holds in every seed.
 *
 * @param summaries one a model, at least one
 * @returns in the order of the paper
 */
export function findingCounts(
  summaries: readonly SeedSummary[],
): { claim: string; models: number }[] {
  return summaries[0].findings.map(({ claim }, i) => ({
    claim,
    models:
      summaries.filter(({ findings, seeds }) =>
        findings[i].holds === seeds.length
      ).length,
  }));
}

/**
 * One measure of a summary.
 *
 * @param summary whose
 * @param id which
 * @throws {RangeError} when it was not summed up: its K is none of the runs'
 */
export function summaryOf(
  { measures }: SeedSummary,
  id: MeasureId,
): MeasureSummary {
  const found = measures.find((measure) => measure.id === id);
  if (found) return found;
  const known = measures.map(({ id }) => id).join(", ");
  throw new RangeError(`the summary has no ${id}; it has ${known}`);
}

/**
 * Sums up runs that differ in their seeds: one summary for all runs of the
 * same model, normal classes, gradient and epochs. Whether novel images agree less
 * than normal ones, which the paper finds without a test, is tested with the
 * seeds as pairs.
 *
 * @param runs each with its seed and epochs in its settings, and the same K
 * @returns ordered by model, classes, gradient, epochs; the same for the same runs
 * @throws {RangeError} when there is no run, one does not tell its seed and
 * epochs, two are of the same model, or they differ in K, data, class names,
 * batch norm's statistics or how they were trained
 */
export function summariseSeeds(runs: readonly Results[]): SeedSummary[] {
  if (runs.length === 0) throw new RangeError("there is no run to sum up");
  const cells = new Map<string, Results[]>();
  for (const run of runs) {
    const { normalClasses, gradient, epochs, seed } = run.settings;
    const { model = PAPER_MODEL } = run.settings;
    if (seed === undefined || epochs === undefined) {
      throw new RangeError("a run does not tell its seed and its epochs");
    }
    requireComparable(runs[0].settings, run.settings);
    const order = String(epochs).padStart(6, "0");
    const name = `${model} ${labelsName(normalClasses)} ${gradient} ${order}`;
    const cell = cells.get(name) ?? [];
    if (cell.some(({ settings }) => settings.seed === seed)) {
      throw new RangeError(
        `two runs have seed ${seed}, ${epochs} epochs and the classes ${normalClasses}`,
      );
    }
    cells.set(name, [...cell, run]);
  }
  return [...cells].sort(([a], [b]) => a < b ? -1 : 1)
    .map(([, cell]) => summariseCell(cell));
}

/** What runs that are summed up have in common. */
const COMMON: Record<string, (settings: ResultSettings) => unknown> = {
  K: ({ k }) => k,
  data: ({ data }) => data,
  "class names": ({ classes = DIGITS }) => classes,
  training: ({ learnt = "the normal classes" }) => learnt,
  "running statistics": ({ statistics = "as-stored" }) => statistics,
  "passes after an epoch": ({ passes = PASSES[0] }) => passes,
  "batch size": ({ batchSize = PAPER_SETTINGS.batchSize }) => batchSize,
  "learning rate": ({ learningRate = PAPER_SETTINGS.learningRate }) =>
    learningRate,
};

function requireComparable(first: ResultSettings, other: ResultSettings) {
  for (const [name, of] of Object.entries(COMMON)) {
    const [a, b] = [first, other].map((settings) => String(of(settings)));
    if (a === b) continue;
    throw new RangeError(`the runs have different ${name}: ${a} and ${b}`);
  }
}

function summariseCell(unordered: Results[]): SeedSummary {
  const runs = unordered.toSorted((a, b) =>
    a.settings.seed! - b.settings.seed!
  );
  const { data, normalClasses, gradient, epochs, k: ks } = runs[0].settings;
  const { model = PAPER_MODEL, classes, ...others } = runs[0].settings;
  const { learnt, statistics, passes } = others;
  const measures = measuresOf(ks, SUMMARISED).map(
    ({ id, label, digits, of }) => {
      const values = runs.map(of);
      return {
        id,
        measure: label,
        digits,
        normal: seedMean(values.map(({ normal }) => normal)),
        novel: seedMean(values.map(({ novel }) => novel)),
        difference: difference(
          values.map(({ normal, novel }) => novel - normal),
        ),
      };
    },
  );
  const adjusted = holm(measures.map(({ difference }) => difference.p));
  measures.forEach(({ difference }, i) => difference.adjustedP = adjusted[i]);
  const first = ks.includes(10) ? verdicts(runs[0]) : [];
  return {
    ...{ model, data, normalClasses, gradient, epochs: epochs! },
    ...classes && { classes },
    ...learnt && { learnt },
    ...statistics && { statistics },
    ...passes && { passes },
    seeds: runs.map(({ settings }) => settings.seed!),
    measures,
    auroc: seedMean(runs.map(({ auroc }) => auroc)),
    agreementEffect: Object.fromEntries(ks.map((k) => [
      k,
      seedMean(
        runs.map(({ agreement }) =>
          rankBiserial(spread(agreement[k].normal), spread(agreement[k].novel))
        ),
      ),
    ])),
    findings: first.map(({ claim }, i) => ({
      claim,
      holds: runs.filter((run) => verdicts(run)[i].holds).length,
    })),
  };
}

/** One number an image from how many images have each. */
const spread = (counts: number[]) =>
  counts.flatMap((count, value) => Array<number>(count).fill(value));

/** Fresh each time, so that a summary does not depend on others before it. */
const random = () => randomStream(0, "figure");

/**
 * The mean of one number a seed, with its interval.
 *
 * @param values one a seed, at least one
 * @throws {RangeError} when there is none or one is not finite
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(seedMean([3]), { mean: 3 });
 * assertEquals(seedMean([1, 1]), { mean: 1, low: 1, high: 1 });
 * ```
 */
export function seedMean(values: readonly number[]): SeedMean {
  return {
    mean: mean(values),
    ...values.length > 1 &&
      bootstrapInterval(values, mean, { random: random() }),
  };
}

function difference(values: number[]): Difference {
  const p = pairedPermutationTest(values, { random: random() });
  if (values.length < 2) {
    return { ...seedMean(values), p, adjustedP: p, effect: null };
  }
  const finite = (value: number) => Number.isFinite(value) ? value : null;
  const { low, high } = bootstrapInterval(values, cohensDz, {
    random: random(),
  });
  return {
    ...seedMean(values),
    p,
    adjustedP: p,
    effect: finite(cohensDz(values)),
    effectInterval: Number.isFinite(low) && Number.isFinite(high)
      ? { low, high }
      : null,
  };
}
