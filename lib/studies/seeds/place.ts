import { mean } from "../../statistics/mean.ts";
import type { Groups } from "../agreement/groups.ts";
import { type MeasureId, measuresOf } from "../agreement/measures.ts";
import type { Results } from "../agreement/results.ts";
import { SUMMARISED } from "./summary.ts";

/** One number of another model among those of models that differ in their seeds. */
export interface Place {
  /** Of the other model. */
  value: number;
  /** Mean over the seeds. */
  mean: number;
  /** The smallest of the seeds' values. */
  lowest: number;
  /** The largest. */
  highest: number;
  /** How many seeds have a smaller value than the other model. */
  below: number;
}

/** One measure of another model among models that differ in their seeds. */
export interface MeasurePlace extends Groups<Place> {
  /** What tables look it up by. */
  id: MeasureId;
  /** What is measured, with its unit. */
  measure: string;
  /** Decimals worth showing. */
  digits: number;
}

/**
 * Where another model lies among models that differ in their seeds, in each
 * measure: one that the seeds do not reach differs by more than chance alone
 * does here.
 *
 * @param runs one a seed, at least one
 * @param other what the other model measured with the same K
 * @throws {RangeError} when there is no run, or not all have the same K
 */
export function placesAmong(
  runs: readonly Results[],
  other: Results,
): MeasurePlace[] {
  if (runs.length === 0) throw new RangeError("there is no run to lie among");
  const ks = runs[0].settings.k;
  if (
    [...runs, other].some(({ settings }) => String(settings.k) !== String(ks))
  ) {
    throw new RangeError("the runs have different K");
  }
  return measuresOf(ks, SUMMARISED).map(({ id, label, digits, of }) => {
    const place = (group: keyof Groups<number>) =>
      placeAmong(runs.map((run) => of(run)[group]), of(other)[group]);
    return {
      ...{ id, measure: label, digits },
      normal: place("normal"),
      novel: place("novel"),
    };
  });
}

/**
 * Where a number lies among others.
 *
 * @param values at least one
 * @param value which
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const place = placeAmong([3, 1, 8], 4);
 * assertEquals(place, { value: 4, mean: 4, lowest: 1, highest: 8, below: 2 });
 * ```
 */
export function placeAmong(values: readonly number[], value: number): Place {
  return {
    value,
    mean: mean(values),
    lowest: Math.min(...values),
    highest: Math.max(...values),
    below: values.filter((other) => other < value).length,
  };
}
