import { auroc } from "../../statistics/auroc.ts";
import type { ImageResult } from "./evaluation.ts";

/**
 * How well the loss r̄ detects novel images where those of one class are left
 * out, class by class: what rests on a single class shows.
 *
 * @param rows one an image, from `measure()` or per_image.csv
 * @returns by label: the AUROC without the images of that class; a class that
 * is the only normal or the only novel one is not left out
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const row = { index: 0, agreement: {}, maxDistance: {}, mapMse: { saliency: 0, squaredSaliency: 0 } };
 * const rows = [[0, 1], [1, 3], [2, 2]].map(([label, reconstructionLoss]) => ({
 *   ...row, label, reconstructionLoss, novel: label === 2,
 * }));
 * assertEquals([...aurocWithoutClass(rows)], [[0, 0], [1, 1]]);
 * ```
 */
export function aurocWithoutClass(
  rows: readonly ImageResult[],
): Map<number, number> {
  const labels = [...new Set(rows.map(({ label }) => label))]
    .sort((a, b) => a - b);
  const without = labels.flatMap((left) => {
    const others = rows.filter(({ label }) => label !== left);
    const isBoth = others.some(({ novel }) => novel) &&
      others.some(({ novel }) => !novel);
    return isBoth ? [[left, lossAuroc(others)] as const] : [];
  });
  return new Map(without);
}

function lossAuroc(rows: readonly ImageResult[]): number {
  const losses = (isNovel: boolean) =>
    rows.filter(({ novel }) => novel === isNovel)
      .map(({ reconstructionLoss }) => reconstructionLoss);
  return auroc(losses(false), losses(true));
}
