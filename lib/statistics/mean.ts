import { requireFinite, type Values } from "./values.ts";

/**
 * The arithmetic mean.
 *
 * @param values at least one
 * @throws {RangeError} when there is no value or one is not finite
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(mean([1, 2, 6]), 3);
 * ```
 */
export function mean(values: Values): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  // A finite sum has finite values only.
  if (values.length === 0 || !Number.isFinite(sum)) requireFinite(values, 1);
  return sum / values.length;
}
