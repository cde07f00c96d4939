import type { RandomGenerator } from "../support/random.ts";
import { bootstrapInterval, type Interval } from "./bootstrap.ts";
import { mean } from "./mean.ts";

/** A mean; of at least two values with its bootstrap interval of 95 %. */
export interface Estimate extends Partial<Interval> {
  /** Arithmetic mean. */
  mean: number;
}

/**
 * A mean with its interval, as "2.31 (2.22–2.40)".
 *
 * @param estimate what to print
 * @param digits after the point
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(meanText({ mean: 2, low: 1.5, high: 2.5 }, 1), "2.0 (1.5–2.5)");
 * assertEquals(meanText({ mean: 2 }, 1), "2.0");
 * assertEquals(meanText({ mean: -0.01 }, 1), "0.0");
 * ```
 */
export function meanText(
  { mean, low, high }: Estimate,
  digits: number,
): string {
  const show = (value: number) => numberText(value, digits);
  // Both ends are there, or neither.
  if (low === undefined) return show(mean);
  const to = show(low).startsWith("−") ? " to " : "–";
  return `${show(mean)} (${show(low)}${to}${show(high!)})`;
}

/**
 * A number with a true minus sign, which one that is shown as 0 has not.
 *
 * @param value any number
 * @param digits after the point
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(numberText(-1.25, 1), "−1.3");
 * assertEquals(numberText(-0.01, 1), "0.0");
 * ```
 */
export function numberText(value: number, digits: number): string {
  return value.toFixed(digits)
    .replace(/^-(?=[0.]*$)/, "")
    .replace("-", "−");
}

/**
 * The mean of one number an image, with its interval; 1,000 resamples fix two
 * digits of its ends.
 *
 * @param values one an image
 * @param options `random`: where the randomness comes from; it moves on
 * @throws {RangeError} when there are fewer than two, or one is not finite
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { randomStream } from "../support/random.ts";
 *
 * const { mean, low, high } = estimate([1, 1, 1], { random: randomStream(0, "figure") });
 * assertEquals([mean, low, high], [1, 1, 1]);
 * ```
 */
export function estimate(
  values: readonly number[],
  { random }: { random: RandomGenerator },
): Required<Estimate> {
  return {
    mean: mean(values),
    ...bootstrapInterval(values, mean, { resamples: 1000, random }),
  };
}
