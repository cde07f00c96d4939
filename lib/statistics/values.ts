/** Numbers of one group: one a seed, or one an image. */
export type Values = ArrayLike<number>;

/**
 * Throws unless there are enough values, all of them finite.
 *
 * @param values the numbers
 * @param least how many are needed
 * @throws {RangeError} when there are fewer, or one is NaN or infinite
 *
 * @example
 * ```ts
 * requireFinite([1, 2], 2);
 * ```
 */
export function requireFinite(values: Values, least: number) {
  if (values.length < least) {
    throw new RangeError(
      `at least ${least} ${least === 1 ? "value is" : "values are"} needed; ` +
        `there ${values.length === 1 ? "is" : "are"} ${values.length}`,
    );
  }
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new RangeError(
        `the values must be finite numbers; at ${i} is ${values[i]}`,
      );
    }
  }
}
