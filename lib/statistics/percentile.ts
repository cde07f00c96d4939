import { requireFinite, type Values } from "./values.ts";

/**
 * A percentile of some numbers, interpolated between two of them (NumPy's
 * default).
 *
 * @param values at least one
 * @param percentile 0 to 100
 * @throws {RangeError} when there is no value, one is not finite, or the
 * percentile is out of range
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(percentileOf([4, 1, 3, 2], 50), 2.5);
 * ```
 */
export function percentileOf(
  values: Values,
  percentile: number,
): number {
  if (!(percentile >= 0 && percentile <= 100)) {
    throw new RangeError(`a percentile is from 0 to 100, not ${percentile}`);
  }
  requireFinite(values, 1);
  const sorted = Float64Array.from(values).sort();
  const place = (sorted.length - 1) * percentile / 100;
  const below = Math.floor(place);
  const next = sorted[Math.min(below + 1, sorted.length - 1)];
  return sorted[below] + (place - below) * (next - sorted[below]);
}
