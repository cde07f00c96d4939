import type { RandomGenerator } from "../support/random.ts";
import { bootstrapInterval, type Interval } from "./bootstrap.ts";
import { mean } from "./mean.ts";

/** A mean over images, with its bootstrap interval of 95 %. */
export interface Estimate extends Interval {
  mean: number;
}

/**
 * The mean of one number an image, with its interval; 1,000 resamples fix two
 * digits of its ends.
 *
 * @param values one an image, at least two
 * @param random where the randomness comes from; it moves on
 */
export function estimate(
  values: readonly number[],
  random: RandomGenerator,
): Estimate {
  return {
    mean: mean(values),
    ...bootstrapInterval(values, mean, { resamples: 1000, random }),
  };
}
