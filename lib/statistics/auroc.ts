/**
 * Area under the ROC curve of a score that should be high for novel images:
 * the chance that a random novel image scores above a random normal one, ties
 * counting half (the Mann–Whitney statistic). 0.5 is what chance gives.
 *
 * @param normal scores of the normal images, at least one
 * @param novel scores of the novel images, at least one
 * @returns 0 to 1
 * @throws {RangeError} when one group is empty or a score is NaN
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(auroc([1, 2], [2, 3]), 0.875);
 * ```
 */
export function auroc(
  normal: ArrayLike<number>,
  novel: ArrayLike<number>,
): number {
  if (normal.length === 0 || novel.length === 0) {
    throw new RangeError(
      "the AUROC compares normal and novel images; there must be some of each",
    );
  }
  const low = sorted(normal, "normal");
  const high = sorted(novel, "novel");
  let wins = 0;
  let below = 0;
  let notAbove = 0;
  for (const score of high) {
    while (below < low.length && low[below] < score) below++;
    while (notAbove < low.length && low[notAbove] <= score) notAbove++;
    wins += (below + notAbove) / 2;
  }
  return wins / (low.length * high.length);
}

/** Scores in ascending order; infinite ones have a place in it, NaN has none. */
function sorted(scores: ArrayLike<number>, group: string): Float64Array {
  const result = Float64Array.from(scores);
  const wrong = result.findIndex(Number.isNaN);
  if (wrong >= 0) {
    throw new RangeError(`the score of ${group} image ${wrong} is NaN`);
  }
  return result.sort();
}
