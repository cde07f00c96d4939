import { randomStream, shuffle } from "../support/random.ts";
import { DIGITS } from "./mnist_data.ts";

/** Indices into the training file. */
export interface Split {
  /** What is trained on. */
  training: number[];
  /** What is held out for the validation loss. */
  validation: number[];
}

/**
 * Checks a choice of normal classes.
 *
 * @param chosen class names, or their indices
 * @param classes all class names (default: the ten digits)
 * @returns their indices in ascending order, each once
 * @throws {RangeError} when one is no class, none is chosen or all are
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(checkClasses([4, 0, 4]), [0, 4]);
 * assertEquals(checkClasses(["good"], ["good", "crack"]), [0]);
 * ```
 */
export function checkClasses(
  chosen: readonly (number | string)[],
  classes: readonly string[] = DIGITS,
): number[] {
  // Array.from, which does not pass over the holes of a list as map does.
  const indices = Array.from(chosen, (choice) => {
    const index = typeof choice === "string" ? classes.indexOf(choice) : choice;
    if (!Number.isInteger(index) || index < 0 || index >= classes.length) {
      throw new RangeError(
        `${choice} is none of the classes ${classes.join(", ")}`,
      );
    }
    return index;
  });
  const unique = [...new Set(indices)].sort((a, b) => a - b);
  if (unique.length < 1 || unique.length >= classes.length) {
    throw new RangeError(
      `choose 1 to ${classes.length - 1} normal classes, ` +
        "so that some are left to be novel",
    );
  }
  return unique;
}

/**
 * Labels as part of a name: "01234", or "1-10" where one has two digits.
 *
 * @param labels of classes
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([labelsName([0, 1]), labelsName([1, 10])], ["01", "1-10"]);
 * ```
 */
export function labelsName(labels: readonly number[]): string {
  return labels.join(labels.some((label) => label > 9) ? "-" : "");
}

/**
 * Splits the normal images of a training set into nine tenths for training and
 * one tenth for validation, class by class, at random. (Section 3.2 splits all
 * 60,000 images so; the authors' code the normal ones, all classes together.)
 *
 * @param labels the class of every image in the file
 * @param normalClasses names or indices of the classes to keep
 * @param seed decides the split
 * @param classes all class names (default: the ten digits)
 * @returns indices in ascending order
 * @throws {RangeError} as {@linkcode checkClasses} does
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
  normalClasses: readonly (number | string)[],
  seed: number,
  classes: readonly string[] = DIGITS,
): Split {
  const training: number[] = [];
  const validation: number[] = [];
  for (const label of checkClasses(normalClasses, classes)) {
    const own = Array.from(labels, (own, i) => own === label ? i : -1)
      .filter((i) => i >= 0);
    const shuffled = shuffle(own, randomStream(seed, "split", label));
    const held = Math.round(own.length / 10);
    // Not by a spread, which a class of 130,000 images would be too long for.
    for (const [i, image] of shuffled.entries()) {
      (i < held ? validation : training).push(image);
    }
  }
  const ascending = (a: number, b: number) => a - b;
  return {
    training: training.sort(ascending),
    validation: validation.sort(ascending),
  };
}
