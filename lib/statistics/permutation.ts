import { uniformInt } from "pure-rand/distribution/uniformInt";
import { type RandomGenerator, shuffle } from "../support/random.ts";
import { requireFinite, type Values } from "./values.ts";
import { requireCounts } from "../support/require_counts.ts";

/** What a test needs where there is too much to try all. */
export interface Resampling {
  /** How many random draws (default: 10,000). */
  resamples?: number;
  /** Where they come from; it moves on. */
  random?: RandomGenerator;
}

/** Up to this many differences, every pattern of signs is tried (65,536 of them). */
const MOST_EXACT = 16;

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
 * @param options resamples: how many random patterns, default: 10,000;
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
  { resamples, random }: Resampling = {},
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
  return shareOfDraws(
    () => Math.abs(randomSignSum(differences, random)) >= least,
    resamples,
  );
}

/** p of random draws: (b + 1)/(resamples + 1), where b of them are extreme. */
function shareOfDraws(isExtreme: () => boolean, resamples = 10_000): number {
  requireCounts({ resamples });
  let extreme = 0;
  for (let i = 0; i < resamples; i++) if (isExtreme()) extreme++;
  return (extreme + 1) / (resamples + 1);
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

/** With more ways to part the values in two groups, trying all takes too long. */
const MOST_SPLITS = 200_000;

/**
 * Two-sided test of two groups: how often are their means as far apart as they
 * are, if each way to part the values in groups of these sizes is as likely as
 * the others? Up to 200,000 ways, all are tried, so p cannot be below one in
 * their number. Of more, random ones are, and p = (b + 1)/(resamples + 1), where
 * b of them are as far apart.
 *
 * Sources: those of {@linkcode pairedPermutationTest}.
 *
 * @param a one group, at least one value
 * @param b the other
 * @param options resamples: how many random ways, default: 10,000; random:
 * where they come from, needed only for more than 200,000 ways
 * @returns p, above 0 and at most 1
 * @throws {RangeError} when a group is empty, a value is not finite, or there
 * are more than 200,000 ways without random or with a wrong number of resamples
 *
 * @example Of six ways to part four values, two put 1 and 2 together
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(permutationTest([1, 2], [3, 4]), 2 / 6);
 * ```
 */
export function permutationTest(
  a: Values,
  b: Values,
  { resamples, random }: Resampling = {},
): number {
  requireFinite(a, 1);
  requireFinite(b, 1);
  const values = [...Array.from(a), ...Array.from(b)];
  // The other group follows, as far on the other side of the mean of all.
  const smaller = a.length <= b.length ? a : b;
  const [n, size] = [values.length, smaller.length];
  const splits = binomial(n, size);
  const middle = size * sumOf(values) / n;
  const reach = sumOf(values.map(Math.abs));
  const distance = (sum: number) => Math.abs(sum - middle);
  const least = distance(sumOf(smaller)) - 1e-12 * reach;
  if (splits > MOST_SPLITS) {
    if (random === undefined) {
      throw new RangeError(
        `${n} values have too many ways to part them in groups of ${a.length} and ${b.length} to try all; give random`,
      );
    }
    return shareOfDraws(
      () => distance(sumOf(shuffle(values, random).slice(0, size))) >= least,
      resamples,
    );
  }
  const count = (from: number, left: number, sum: number): number => {
    if (left === 0) return distance(sum) >= least ? 1 : 0;
    let extreme = 0;
    for (let i = from; i <= n - left; i++) {
      extreme += count(i + 1, left - 1, sum + values[i]);
    }
    return extreme;
  };
  return count(0, size, 0) / splits;
}

const sumOf = (values: Values) =>
  Array.from(values).reduce((sum, value) => sum + value, 0);

/** How many subsets of k there are in n things. */
function binomial(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i++) ways = ways * (n - k + i) / i;
  return Math.round(ways);
}
