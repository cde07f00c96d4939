import { countImages, type LabelledImages } from "../../data/images.ts";

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
 * That images can be told normal from novel: each has a label, and the normal
 * classes are labels as well.
 *
 * @param images with their labels
 * @param normalClasses labels that are normal
 * @throws {RangeError} when there are not as many labels as images, or the
 * classes are no whole numbers, as names are not
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 *
 * const pixels = new Uint8Array(2);
 * const images = { height: 1, width: 1, channels: 1, pixels, labels: Uint8Array.of(0, 5) };
 * requireGroups(images, [0]);
 * assertThrows(() => requireGroups(images, ["0"] as never), RangeError, "numbers");
 * ```
 */
export function requireGroups(
  images: LabelledImages,
  normalClasses: readonly number[],
) {
  const count = countImages(images);
  if (images.labels.length !== count) {
    throw new RangeError(
      `there are ${images.labels.length} labels of ${count} images`,
    );
  }
  if (normalClasses.length > 0 && normalClasses.every(Number.isInteger)) return;
  throw new RangeError(
    `normal classes are given by the numbers of their labels, as [0, 1]; they are ${
      JSON.stringify(normalClasses)
    }`,
  );
}

/**
 * As {@linkcode requireGroups}, and that each group has as many images as an
 * interval takes.
 *
 * @param images with their labels
 * @param normalClasses labels that are normal
 * @throws {RangeError} as there, and when a group has fewer than two images
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 *
 * const of = (...labels: number[]) => ({
 *   ...{ height: 1, width: 1, channels: 1 },
 *   ...{ pixels: new Uint8Array(labels.length), labels: Uint8Array.from(labels) },
 * });
 * requireBothGroups(of(0, 0, 5, 6), [0]);
 * assertThrows(() => requireBothGroups(of(0, 5, 6), [0]), RangeError, "1 are normal");
 * ```
 */
export function requireBothGroups(
  images: LabelledImages,
  normalClasses: readonly number[],
) {
  requireGroups(images, normalClasses);
  const all = Array.from(images.labels);
  const normal = all.filter((label) => normalClasses.includes(label)).length;
  const novel = all.length - normal;
  if (normal >= 2 && novel >= 2) return;
  throw new RangeError(
    `of the ${all.length} images ${normal} are normal and ${novel} novel; ` +
      "each group needs two",
  );
}
