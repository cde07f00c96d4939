import { uniformInt } from "pure-rand/distribution/uniformInt";
import type { RandomGenerator } from "../support/random.ts";
import { requireFinite, type Values } from "./values.ts";
import { requireCounts } from "../support/require_counts.ts";

/** The range that holds most of the resampled statistics. */
export interface Interval {
  /** Its lower end. */
  low: number;
  /** Its upper end. */
  high: number;
}

/** How an interval is made. */
export interface BootstrapOptions {
  /** Share of the resampled statistics between low and high; default: 0.95. */
  level?: number;
  /** How often the values are drawn anew; default: 10,000. */
  resamples?: number;
  /** Where the randomness comes from; it moves on. */
  random: RandomGenerator;
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
 * import { mean } from "./mean.ts";
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
  statistic: (values: Values) => number,
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
 * import { rankBiserial } from "./effect_size.ts";
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
  requireCounts({ resamples });
  // The small number undoes rounding, as in 1000 · (1 − 0.9) / 2 = 49.99….
  const k = Math.floor((resamples + 1) * (1 - level) / 2 + 1e-9);
  if (k < 1) {
    throw new RangeError(
      `${resamples} resamples are too few for the level ${level}; take more`,
    );
  }
  return k;
}
