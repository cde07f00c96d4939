/**
 * Throws unless some options are whole numbers from 1.
 *
 * @param counts by their names
 * @throws {RangeError} which names the first that is not
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 *
 * requireCounts({ steps: 50 });
 * assertThrows(() => requireCounts({ steps: 0.5 }), RangeError, "steps");
 * ```
 */
export function requireCounts(counts: Record<string, number>) {
  for (const [name, value] of Object.entries(counts)) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(
        `${name} must be a whole number from 1; it is ${value}`,
      );
    }
  }
}
