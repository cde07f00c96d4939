/**
 * A percentile of some numbers, interpolated between two of them (as NumPy
 * does unless told otherwise).
 *
 * @param values at least one
 * @param percentile 0 to 100
 * @throws {RangeError} when there is no value, one is NaN, or the percentile
 * is out of range
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(percentileOf([4, 1, 3, 2], 50), 2.5);
 * ```
 */
export function percentileOf(
  values: ArrayLike<number>,
  percentile: number,
): number {
  if (!(percentile >= 0 && percentile <= 100)) {
    throw new RangeError(`a percentile is from 0 to 100, not ${percentile}`);
  }
  const sorted = Float64Array.from(values).sort();
  // NaN sorts to the end.
  if (sorted.length === 0 || Number.isNaN(sorted[sorted.length - 1])) {
    throw new RangeError("a percentile needs numbers, and at least one");
  }
  const place = (sorted.length - 1) * percentile / 100;
  const below = Math.floor(place);
  const next = sorted[Math.min(below + 1, sorted.length - 1)];
  return sorted[below] + (place - below) * (next - sorted[below]);
}
