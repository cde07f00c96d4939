import { randomStream, shuffle } from "../support/random.ts";

/** Indices into the training file. */
export interface Split {
  training: number[];
  validation: number[];
}

/**
 * Checks a choice of normal classes.
 *
 * @param classes digits
 * @returns the digits in order, each once
 * @throws {RangeError} unless they are 1 to 9 of the digits 0 to 9
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(checkClasses([4, 0, 4]), [0, 4]);
 * ```
 */
export function checkClasses(classes: readonly number[]): number[] {
  const bad = classes.find((c) => !Number.isInteger(c) || c < 0 || c > 9);
  if (bad !== undefined) {
    throw new RangeError(`the classes are the digits 0 to 9; ${bad} is none`);
  }
  const unique = [...new Set(classes)].sort((a, b) => a - b);
  if (unique.length < 1 || unique.length > 9) {
    throw new RangeError(
      "choose 1 to 9 normal classes, so that some are left to be novel",
    );
  }
  return unique;
}

/**
 * Splits the normal images of a training set into nine tenths for training and
 * one tenth for validation (Section 3.2), digit by digit, at random.
 *
 * @param labels the digit of every image in the file
 * @param normalClasses digits to keep
 * @param seed decides the split
 * @returns indices in ascending order
 * @throws {RangeError} when a class is no digit, or all are
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const labels = [...Array(20).fill(3), ...Array(10).fill(8)];
 * const { training, validation } = splitNormal(labels, [3], 0);
 * assertEquals([training.length, validation.length], [18, 2]);
 * ```
 */
export function splitNormal(
  labels: ArrayLike<number>,
  normalClasses: readonly number[],
  seed: number,
): Split {
  const training: number[] = [];
  const validation: number[] = [];
  for (const digit of checkClasses(normalClasses)) {
    const own = Array.from(labels, (label, i) => label === digit ? i : -1)
      .filter((i) => i >= 0);
    const shuffled = shuffle(own, randomStream(seed, "split", digit));
    const held = Math.round(own.length / 10);
    validation.push(...shuffled.slice(0, held));
    training.push(...shuffled.slice(held));
  }
  const ascending = (a: number, b: number) => a - b;
  return {
    training: training.sort(ascending),
    validation: validation.sort(ascending),
  };
}
