/** A value for normal images and one for novel images. */
export interface Groups<T> {
  /** Of images of the normal classes. */
  normal: T;
  /** Of all other images. */
  novel: T;
}

/** Both groups by name, in the order of all tables and charts. */
export const GROUPS = ["normal", "novel"] as const;

/**
 * That there are normal and novel images, of each as many as an interval takes.
 *
 * @param labels of the images
 * @param normalClasses labels that are normal
 * @throws {RangeError} when a group has fewer than two images
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 *
 * requireBothGroups([0, 0, 5, 6], [0]);
 * assertThrows(() => requireBothGroups([0, 5, 6], [0]), RangeError, "1 are normal");
 * ```
 */
export function requireBothGroups(
  labels: ArrayLike<number>,
  normalClasses: readonly number[],
) {
  const all = Array.from(labels);
  const normal = all.filter((label) => normalClasses.includes(label)).length;
  const novel = all.length - normal;
  if (normal >= 2 && novel >= 2) return;
  throw new RangeError(
    `of the ${all.length} images ${normal} are normal and ${novel} novel; ` +
      "each group needs two: take more images",
  );
}
