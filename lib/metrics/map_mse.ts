import { requireFinite, requireNoOverflow, requireSameSize } from "./check.ts";
import type { MapData } from "./map_data.ts";
import { maximum } from "./maximum.ts";

/**
 * Mean squared error between the saliency and the error map, each scaled to
 * [0, 1] by its maximum (Section 3.1), and the same with the saliency map
 * squared after scaling (there too; Finding 6 compares them). A map of zeros stays one.
 *
 * @param saliency one number a pixel, ≥ 0
 * @param error one number a pixel, ≥ 0
 * @throws {RangeError} when the maps differ in size, have no pixel, or hold NaN
 * or an infinity
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const mse = mapMse([1, 2], [0, 8]);
 * assertEquals(mse, { saliency: 0.125, squaredSaliency: 0.03125 });
 * ```
 */
export function mapMse(
  saliency: MapData,
  error: MapData,
): { saliency: number; squaredSaliency: number } {
  requireSameSize(saliency, error);
  const pixels = saliency.length;
  const saliencyScale = 1 / (maximum(saliency) || 1);
  const errorScale = 1 / (maximum(error) || 1);
  let plain = 0;
  let squared = 0;
  for (let i = 0; i < pixels; i++) {
    const s = saliency[i] * saliencyScale;
    const e = error[i] * errorScale;
    plain += (s - e) ** 2;
    squared += (s * s - e) ** 2;
  }
  // Only a sum that is not finite is worth a second look at every pixel.
  if (!Number.isFinite(plain + squared) || pixels === 0) {
    requireFinite(saliency);
    requireFinite(error);
    requireNoOverflow(plain + squared, saliency, error);
  }
  return { saliency: plain / pixels, squaredSaliency: squared / pixels };
}
