/**
 * Checks the values of K.
 *
 * @param ks sizes of the top-K sets
 * @param pixels pixels in a map
 * @throws {RangeError} when one is not a whole number from 1 to the pixels
 */
export function requireKs(ks: readonly number[], pixels: number) {
  const bad = ks.find((k) => !Number.isInteger(k) || k < 1 || k > pixels);
  if (bad === undefined) return;
  throw new RangeError(
    `K must be a whole number from 1 to ${pixels}, the pixels of the map; it is ${bad}`,
  );
}
