import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import {
  xoroshiro128plus,
  xoroshiro128plusFromState,
} from "pure-rand/generator/xoroshiro128plus";

/** A stream of random numbers; each draw moves it on. */
export interface RandomGenerator {
  /** An independent copy in the same state. */
  clone(): RandomGenerator;
  /** The next integer, −2³¹ to 2³¹−1. */
  next(): number;
  /** The words it consists of. */
  getState(): readonly number[];
}

/** What random numbers are drawn for; each use has streams of its own. */
const USES: Readonly<Record<RandomUse, number>> = {
  split: 0,
  weights: 1,
  order: 2,
  figure: 3,
};

/** What a stream's numbers are for. */
export type RandomUse = "split" | "weights" | "order" | "figure";

/**
 * A seeded stream of random numbers (xoroshiro128+). Streams of one seed never
 * overlap: each starts 2⁶⁴ numbers after the one before.
 *
 * @param seed an integer from 0 to 2³²−1
 * @param use what the numbers are for
 * @param index counts the streams of one use, from 0
 * @throws {RangeError} when the use is none of them, or a number not whole
 *
 * @example The same seed, use and index give the same numbers
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(randomStream(7, "order", 3).next(), randomStream(7, "order", 3).next());
 * ```
 */
export function randomStream(
  seed: number,
  use: RandomUse,
  index = 0,
): RandomGenerator {
  if (!Object.hasOwn(USES, use) || ![seed, index].every(Number.isInteger)) {
    throw new RangeError(
      `a stream has a whole seed, a use (${
        Object.keys(USES).join(", ")
      }) and a whole index; they are ${seed}, ${use} and ${index}`,
    );
  }
  const generator = xoroshiro128plus(seed);
  const jumps = index * Object.keys(USES).length + USES[use];
  for (let i = 0; i < jumps; i++) generator.jump();
  return generator;
}

/**
 * A seeded stream for synthetic anomalies. It belongs to a family beside
 * {@linkcode randomStream}'s: another use there would move every stream, and
 * results are recorded with them.
 *
 * @param seed an integer from 0 to 2³²−1
 * @param index counts the streams, from 0; they start 2⁶⁴ numbers apart
 *
 * @example
 * ```ts
 * import { assertEquals, assertNotEquals } from "@std/assert";
 *
 * assertEquals(anomalyStream(7, 1).next(), anomalyStream(7, 1).next());
 * assertNotEquals(anomalyStream(7).next(), randomStream(7, "split").next());
 * ```
 */
export function anomalyStream(seed: number, index = 0): RandomGenerator {
  // The words are the first of the golden ratio and of √2.
  return streamBeside([0x9e3779b9, 0x6a09e667], seed, index);
}

/**
 * A seeded stream for the order in which the validation images pass through
 * batch norm; a family of its own, as {@linkcode anomalyStream}'s is, so that
 * the order of the training images stays as it was without them.
 *
 * @param seed an integer from 0 to 2³²−1
 * @param epoch counts the streams; they start 2⁶⁴ numbers apart
 *
 * @example
 * ```ts
 * import { assertNotEquals } from "@std/assert";
 *
 * assertNotEquals(validationStream(7, 1).next(), validationStream(7, 2).next());
 * ```
 */
export function validationStream(seed: number, epoch: number): RandomGenerator {
  // The words are the first of √3 and of √5.
  return streamBeside([0xbb67ae85, 0x3c6ef372], seed, epoch);
}

/** No seed of randomStream() starts here: its first word is always −1, its last 0. */
function streamBeside(
  [first, last]: [number, number],
  seed: number,
  index: number,
): RandomGenerator {
  const generator = xoroshiro128plusFromState(
    [first | 0, ~seed, seed | 0, last | 0],
  );
  // One jump more, as seeds that are close start with numbers that are close.
  for (let i = 0; i <= index; i++) generator.jump();
  return generator;
}

/**
 * A uniform random number.
 *
 * @param random where the randomness comes from; it moves on
 * @returns a number in [low, high)
 */
export function uniform(
  random: RandomGenerator,
  low: number,
  high: number,
): number {
  return low + (high - low) * uniformFloat64(random);
}

/**
 * Items in random order (Fisher–Yates).
 *
 * @param items left as they are
 * @param random where the randomness comes from; it moves on
 * @returns a new array
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const shuffled = shuffle([1, 2, 3], randomStream(0, "order"));
 * assertEquals(shuffled.toSorted(), [1, 2, 3]);
 * ```
 */
export function shuffle<T>(
  items: ArrayLike<T>,
  random: RandomGenerator,
): T[] {
  const result = Array.from(items);
  for (let i = result.length - 1; i > 0; i--) {
    const j = uniformInt(random, 0, i);
    [result[i], result[j]] = [result[j], result[i]];
  }
  return result;
}
