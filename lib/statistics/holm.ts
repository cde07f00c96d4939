import { requireFinite, type Values } from "./values.ts";

/**
 * p values adjusted for several tests (Holm): a test whose adjusted p is at most
 * α can be called significant, and the chance of one false call or more is at
 * most α. The i-th smallest of m is multiplied by m − i + 1; no adjusted value
 * is below that of a smaller p, or above 1.
 *
 * Source: Holm (1979), "A simple sequentially rejective multiple test procedure".
 *
 * @param pValues at least one, each 0 to 1
 * @returns the adjusted values in the order given
 * @throws {RangeError} when there is none or one is not from 0 to 1
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(holm([0.5, 0.125, 0.25]), [0.5, 0.375, 0.5]);
 * ```
 */
export function holm(pValues: Values): number[] {
  requireFinite(pValues, 1);
  const p = Array.from(pValues);
  const wrong = p.find((value) => value < 0 || value > 1);
  if (wrong !== undefined) {
    throw new RangeError(`a p value must be from 0 to 1; one is ${wrong}`);
  }
  const adjusted: number[] = new Array(p.length);
  let largest = 0;
  p.map((_, test) => test).sort((a, b) => p[a] - p[b]).forEach((test, rank) => {
    largest = Math.max(largest, Math.min(1, p[test] * (p.length - rank)));
    adjusted[test] = largest;
  });
  return adjusted;
}
