import { auroc } from "./auroc.ts";
import { mean } from "./mean.ts";
import { requireFinite, type Values } from "./values.ts";

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
