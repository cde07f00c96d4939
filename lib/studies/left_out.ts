import { auroc } from "../statistics/auroc.ts";
import type { MapData } from "../metrics/map_data.ts";

/**
 * How well a novelty score detects novel images where those of one class are
 * left out, class by class: what rests on a single class shows.
 *
 * @param scores one an image, higher is novel
 * @param labels one an image
 * @param normalClasses labels that are not novel
 * @returns by label: the AUROC without the images of that class; a
 * class that is the only normal or the only novel one is not left out
 * @throws {RangeError} when there are not as many labels as scores, or a score
 * is NaN
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const found = aurocWithoutClass([1, 3, 2], [0, 1, 2], [0, 1]);
 * assertEquals(found, { 0: 0, 1: 1 });
 * ```
 */
export function aurocWithoutClass(
  scores: MapData,
  labels: ArrayLike<number>,
  normalClasses: readonly number[],
): Record<number, number> {
  if (scores.length !== labels.length) {
    throw new RangeError(
      `there are ${scores.length} scores of images with ${labels.length} labels`,
    );
  }
  const images = Array.from(labels, (label, i) => ({
    label,
    score: scores[i],
    novel: !normalClasses.includes(label),
  }));
  const classes = [...new Set(Array.from(labels))];
  const without = classes.flatMap((left) => {
    const of = (isNovel: boolean) =>
      images.filter(({ label, novel }) => label !== left && novel === isNovel)
        .map(({ score }) => score);
    const [normal, novel] = [of(false), of(true)];
    const isBoth = normal.length > 0 && novel.length > 0;
    return isBoth ? [[left, auroc(normal, novel)] as const] : [];
  });
  return Object.fromEntries(without);
}
