import { uniformInt } from "pure-rand/distribution/uniformInt";
import { auroc } from "./auroc.ts";
import type { RandomGenerator } from "../support/random.ts";

/** Numbers of one group: one a seed, or one an image. */
export type Values = ArrayLike<number>;

/** The range that holds most of the resampled statistics. */
export interface Interval {
  low: number;
  high: number;
}

/** How an interval is made. */
export interface BootstrapOptions {
  /** Share of the resampled statistics between low and high; 0.95 if not given. */
  level?: number;
  /** How often the values are drawn anew; 10,000 if not given. */
  resamples?: number;
  /** Where the randomness comes from; it moves on. */
  random: RandomGenerator;
}

/** Up to this many differences, every pattern of signs is tried (65,536 of them). */
const MOST_EXACT = 16;

/**
 * The arithmetic mean.
 *
 * @param values at least one
 * @throws {RangeError} when there is no value or one is not finite
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(mean([1, 2, 6]), 3);
 * ```
 */
export function mean(values: Values): number {
  requireFinite(values, 1);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/**
 * A bootstrap interval of a statistic (percentile method): the values are drawn
 * anew with replacement, as many as there are, many times; of the ordered
 * statistics of B draws, low is the k-th smallest and high the k-th largest,
 * k = ⌊(B+1)(1−level)/2⌋. With few values (five seeds, say) the interval is too
 * narrow.
 *
 * Source: Efron & Tibshirani (1993), An Introduction to the Bootstrap,
 * chapters 12 and 13.
 *
 * @param values at least two
 * @param statistic one number for a list of values; the list is only lent to it
 * @throws {RangeError} when there are fewer than two values, one is not finite,
 * the level is not between 0 and 1, the resamples are too few for it, or the
 * statistic gives NaN
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { randomStream } from "../support/random.ts";
 *
 * const seeds = [0.07, 0.09, 0.05, 0.08, 0.06];
 * const { low, high } = bootstrapInterval(seeds, mean, {
 *   random: randomStream(0, "figure"),
 * });
 * assertAlmostEquals(low, 0.058, 0.002);
 * assertAlmostEquals(high, 0.082, 0.002);
 * ```
 */
export function bootstrapInterval(
  values: Values,
  statistic: (values: Values) => number = mean,
  options: BootstrapOptions,
): Interval {
  requireFinite(values, 2);
  const draw = resampler(values, options.random);
  return percentileInterval(() => statistic(draw()), options);
}

/**
 * The bootstrap interval of a statistic of two groups, each drawn anew by
 * itself; all else as in {@linkcode bootstrapInterval}.
 *
 * Source: Efron & Tibshirani (1993), chapter 8 (two samples) and chapter 13.
 *
 * @param a at least two values
 * @param b at least two values
 * @param statistic one number for two lists; they are only lent to it
 * @throws {RangeError} as {@linkcode bootstrapInterval} does
 *
 * @example Every value of b is larger, in all resamples too
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { randomStream } from "../support/random.ts";
 *
 * const interval = bootstrapGroupsInterval([1, 2, 3], [4, 5], rankBiserial, {
 *   resamples: 100,
 *   random: randomStream(0, "figure"),
 * });
 * assertEquals(interval, { low: 1, high: 1 });
 * ```
 */
export function bootstrapGroupsInterval(
  a: Values,
  b: Values,
  statistic: (a: Values, b: Values) => number,
  options: BootstrapOptions,
): Interval {
  requireFinite(a, 2);
  requireFinite(b, 2);
  const drawA = resampler(a, options.random);
  const drawB = resampler(b, options.random);
  return percentileInterval(() => statistic(drawA(), drawB()), options);
}

/**
 * Two-sided test of paired differences: how often is their mean as far from 0
 * as it is, if each sign is as likely as the other? Up to 16 differences, all
 * 2ⁿ patterns of signs are tried, so p cannot be below 2/2ⁿ (5 differences:
 * 0.0625). With more, random patterns are, and p = (b + 1)/(resamples + 1),
 * where b of them are as far from 0.
 *
 * Sources: Fisher (1935), The Design of Experiments, section 21; the + 1:
 * Phipson & Smyth (2010), "Permutation P-values should never be zero".
 *
 * @param differences one a pair, at least one
 * @param options resamples: how many random patterns, 10,000 if not given;
 * random: where they come from, needed only for more than 16 differences
 * @returns p, above 0 and at most 1
 * @throws {RangeError} when there is no difference, one is not finite, or more
 * than 16 come without random or with a wrong number of resamples
 *
 * @example Only the signs + + + and − − − give a mean as far from 0
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(pairedPermutationTest([1, 2, 3]), 2 / 8);
 * ```
 */
export function pairedPermutationTest(
  differences: Values,
  { resamples = 10_000, random }: {
    resamples?: number;
    random?: RandomGenerator;
  } = {},
): number {
  requireFinite(differences, 1);
  const n = differences.length;
  const least = leastExtremeSum(differences);
  if (n <= MOST_EXACT) return countExtreme(differences, least) / 2 ** n;
  if (random === undefined) {
    throw new RangeError(
      `${n} differences have too many patterns of signs to try all; give random`,
    );
  }
  requireCount(resamples);
  let extreme = 0;
  for (let i = 0; i < resamples; i++) {
    if (Math.abs(randomSignSum(differences, random)) >= least) extreme++;
  }
  return (extreme + 1) / (resamples + 1);
}

/**
 * Effect size of paired differences, Cohen's d_z: their mean divided by their
 * standard deviation (n − 1 in the denominator). Differences that are all the
 * same give ±∞, or 0 when all are 0; so an interval of few differences can end
 * at ±∞. For an interval, pass this function to {@linkcode bootstrapInterval}.
 *
 * Source: Cohen (1988), Statistical Power Analysis for the Behavioral Sciences,
 * section 2.3.5.
 *
 * @param differences one a pair, at least two
 * @throws {RangeError} when there are fewer than two or one is not finite
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(cohensDz([1, 2, 3]), 2);
 * ```
 */
export function cohensDz(differences: Values): number {
  requireFinite(differences, 2);
  const values = Array.from(differences);
  const center = mean(values);
  // Asked of the values: rounding can leave a spread where there is none.
  if (values.every((value) => value === values[0])) {
    return center === 0 ? 0 : center / 0;
  }
  const squares = values.reduce((sum, value) => sum + (value - center) ** 2, 0);
  return center / Math.sqrt(squares / (values.length - 1));
}

/**
 * Effect size of two groups, the rank-biserial correlation: the chance that a
 * random value of b is above a random one of a, less the chance that it is
 * below. It is 2·AUROC − 1. For an interval, pass this function to
 * {@linkcode bootstrapGroupsInterval}.
 *
 * Source: Kerby (2014), "The simple difference formula".
 *
 * @param a at least one value
 * @param b at least one value
 * @returns −1 to 1, 0 when neither group is above the other
 * @throws {RangeError} when a group is empty or a value is not finite
 *
 * @example Of 4 pairs, b is above in 3 and equal in 1
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(rankBiserial([1, 2], [2, 3]), 0.75);
 * ```
 */
export function rankBiserial(a: Values, b: Values): number {
  requireFinite(a, 1);
  requireFinite(b, 1);
  return 2 * auroc(a, b) - 1;
}

/**
 * p values adjusted for several tests (Holm): a test whose adjusted p is at most
 * α can be called significant, and the chance of one false call or more is at
 * most α. The i-th smallest of m is multiplied by m − i + 1; no adjusted value
 * is below that of a smaller p, or above 1.
 *
 * Source: Holm (1979), "A simple sequentially rejective multiple test procedure".
 *
 * @param pValues at least one, each 0 to 1
 * @returns the adjusted values in the order given
 * @throws {RangeError} when there is none or one is not from 0 to 1
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(holm([0.5, 0.125, 0.25]), [0.5, 0.375, 0.5]);
 * ```
 */
export function holm(pValues: Values): number[] {
  requireFinite(pValues, 1);
  const p = Array.from(pValues);
  const wrong = p.find((value) => value < 0 || value > 1);
  if (wrong !== undefined) {
    throw new RangeError(`a p value must be from 0 to 1; one is ${wrong}`);
  }
  const adjusted: number[] = new Array(p.length);
  let largest = 0;
  p.map((_, test) => test).sort((a, b) => p[a] - p[b]).forEach((test, rank) => {
    largest = Math.max(largest, Math.min(1, p[test] * (p.length - rank)));
    adjusted[test] = largest;
  });
  return adjusted;
}

/** A function that draws the values anew, into the same array each time. */
function resampler(values: Values, random: RandomGenerator): () => Values {
  const drawn = new Float64Array(values.length);
  return () => {
    for (let i = 0; i < drawn.length; i++) {
      drawn[i] = values[uniformInt(random, 0, drawn.length - 1)];
    }
    return drawn;
  };
}

function percentileInterval(
  draw: () => number,
  { level = 0.95, resamples = 10_000 }: BootstrapOptions,
): Interval {
  const k = tailCount(level, resamples);
  const statistics = Float64Array.from({ length: resamples }, draw).sort();
  // NaN sorts to the end.
  if (Number.isNaN(statistics[resamples - 1])) {
    throw new RangeError(
      "the statistic is NaN for some resample; use one that is defined for repeated values",
    );
  }
  return { low: statistics[k - 1], high: statistics[resamples - k] };
}

/** k, the place of the interval's ends counted from either side. */
function tailCount(level: number, resamples: number): number {
  if (!(level > 0 && level < 1)) {
    throw new RangeError(
      `the level must be between 0 and 1, for example 0.95; it is ${level}`,
    );
  }
  requireCount(resamples);
  // The small number undoes rounding, as in 1000 · (1 − 0.9) / 2 = 49.99….
  const k = Math.floor((resamples + 1) * (1 - level) / 2 + 1e-9);
  if (k < 1) {
    throw new RangeError(
      `${resamples} resamples are too few for the level ${level}; take more`,
    );
  }
  return k;
}

/** The observed sum, a little smaller so that rounding does not break ties. */
function leastExtremeSum(differences: Values): number {
  let sum = 0;
  let size = 0;
  for (let i = 0; i < differences.length; i++) {
    sum += differences[i];
    size += Math.abs(differences[i]);
  }
  return Math.abs(sum) - 1e-12 * size;
}

/** How many patterns of signs give a sum at least that far from 0. */
function countExtreme(
  differences: Values,
  least: number,
  from = 0,
  sum = 0,
): number {
  if (from === differences.length) return Math.abs(sum) >= least ? 1 : 0;
  return countExtreme(differences, least, from + 1, sum + differences[from]) +
    countExtreme(differences, least, from + 1, sum - differences[from]);
}

function randomSignSum(differences: Values, random: RandomGenerator): number {
  let sum = 0;
  for (let i = 0; i < differences.length; i++) {
    sum += uniformInt(random, 0, 1) === 1 ? differences[i] : -differences[i];
  }
  return sum;
}

function requireFinite(values: Values, least: number) {
  if (values.length < least) {
    throw new RangeError(
      `at least ${least} ${least === 1 ? "value is" : "values are"} needed; ` +
        `there ${values.length === 1 ? "is" : "are"} ${values.length}`,
    );
  }
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new RangeError(
        `the values must be finite numbers; at ${i} is ${values[i]}`,
      );
    }
  }
}

function requireCount(resamples: number) {
  if (!Number.isInteger(resamples) || resamples < 1) {
    throw new RangeError(
      `resamples must be a whole number from 1; it is ${resamples}`,
    );
  }
}
