import type { MapData } from "../map_data.ts";
import { requireComparable, requireNoOverflow } from "../check.ts";

/** How two maps are compared by {@linkcode ssim}. */
export interface SsimOptions {
  /** Pixels in a row. */
  width: number;
  /** Side of the square window in pixels, odd and at least 3; 7 if not given. */
  window?: number;
  /** Largest possible value less the smallest, above 0; 1 if not given. */
  dataRange?: number;
}

/** Constants of Wang et al. (2004), section III-C. */
const K1 = 0.01;
const K2 = 0.03;

/**
 * Structural similarity (mean SSIM) of two maps: means, variances and
 * covariance are compared in a window around each pixel, and the results
 * averaged over the pixels whose window is inside the map.
 *
 * The windows are uniform and the (co)variances those of a sample (n − 1), as
 * by default in `structural_similarity` of scikit-image, with its win_size and
 * data_range. Wang et al. weight the window by a Gaussian.
 *
 * npm's ssim.js is not used: it takes 8-bit images, which round a map to 256
 * values.
 *
 * Source: Wang et al. (2004), "Image Quality Assessment: From Error Visibility
 * to Structural Similarity".
 *
 * @param a one map, in row order
 * @param b another of the same size
 * @param options width, window and dataRange, see {@linkcode SsimOptions}
 * @returns −1 to 1; 1 for equal maps
 * @throws {RangeError} when the maps differ in size, are not whole rows, or
 * hold NaN or an infinity; when the window is even, below 3 or larger than the
 * map; when dataRange is not a number above 0; when values are so large that
 * their products are not finite (about 1e77)
 *
 * @example Black and white share their structure, not their brightness
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const black = new Float64Array(784);
 * const white = new Float64Array(784).fill(1);
 * const similarity = ssim(black, white, { width: 28 });
 * assertAlmostEquals(similarity, 0.0001 / 1.0001, 1e-12);
 * ```
 */
export function ssim(
  a: MapData,
  b: MapData,
  { width, window = 7, dataRange = 1 }: SsimOptions,
): number {
  requireComparable(a, b);
  requireWindow(a.length, width, window);
  requireRange(dataRange);
  const means = (map: MapData) => windowMeans(map, width, window);
  const [meanA, meanB] = [means(a), means(b)];
  const meanAA = means(product(a, a));
  const meanBB = means(product(b, b));
  const meanAB = means(product(a, b));
  const sample = window ** 2 / (window ** 2 - 1);
  const c1 = (K1 * dataRange) ** 2;
  const c2 = (K2 * dataRange) ** 2;
  let sum = 0;
  for (let i = 0; i < meanA.length; i++) {
    const [x, y] = [meanA[i], meanB[i]];
    const varianceA = sample * (meanAA[i] - x * x);
    const varianceB = sample * (meanBB[i] - y * y);
    const covariance = sample * (meanAB[i] - x * y);
    sum += (2 * x * y + c1) * (2 * covariance + c2) /
      ((x * x + y * y + c1) * (varianceA + varianceB + c2));
  }
  requireNoOverflow(sum, a, b);
  return sum / meanA.length;
}

/**
 * The mean of each window that is inside the map, in row order: first sums
 * along the rows, then down the columns. Each sum starts anew; a sliding one
 * would gather rounding errors.
 */
function windowMeans(
  map: MapData,
  width: number,
  window: number,
): Float64Array {
  const height = map.length / width;
  const columns = width - window + 1;
  const rowSums = new Float64Array(height * columns);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < columns; column++) {
      const start = row * width + column;
      let sum = 0;
      for (let i = start; i < start + window; i++) sum += map[i];
      rowSums[row * columns + column] = sum;
    }
  }
  const result = new Float64Array((height - window + 1) * columns);
  for (let pixel = 0; pixel < result.length; pixel++) {
    let sum = 0;
    for (let row = 0; row < window; row++) {
      sum += rowSums[pixel + row * columns];
    }
    result[pixel] = sum / window ** 2;
  }
  return result;
}

function product(a: MapData, b: MapData): Float64Array {
  const result = new Float64Array(a.length);
  for (let pixel = 0; pixel < a.length; pixel++) {
    result[pixel] = a[pixel] * b[pixel];
  }
  return result;
}

function requireWindow(pixels: number, width: number, window: number) {
  if (!Number.isInteger(width) || width < 1 || pixels % width !== 0) {
    throw new RangeError(
      `${pixels} pixels are not whole rows of the width ${width}`,
    );
  }
  // A window of one pixel has no sample variance.
  if (!Number.isInteger(window) || window < 3 || window % 2 === 0) {
    throw new RangeError(
      `the window must be odd and at least 3; it is ${window}`,
    );
  }
  const height = pixels / width;
  if (window > width || window > height) {
    throw new RangeError(
      `the window of ${window} is larger than the map of ${height}×${width}`,
    );
  }
}

function requireRange(dataRange: number) {
  if (!(dataRange > 0 && dataRange < Infinity)) {
    throw new RangeError(
      `dataRange must be a number above 0; it is ${dataRange}`,
    );
  }
}
