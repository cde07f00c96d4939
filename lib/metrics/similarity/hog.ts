import { requireCounts } from "../../support/require_counts.ts";
import { requireFinite, requireNoOverflow } from "../check.ts";
import type { MapData } from "../map_data.ts";
import { maximum } from "../maximum.ts";

/** How a map is described. */
export interface HogOptions {
  /** Pixels in a row. */
  width: number;
  /** Bins of the half circle of directions; 9 if not given. */
  orientations?: number;
  /** Side of a square cell in pixels; 7 if not given, which divides 28. */
  cell?: number;
  /** Side of a square block in cells; 2 if not given. */
  block?: number;
}

/** The cells of a map, and what is counted in each. */
interface Grid extends Required<HogOptions> {
  /** Pixels in a column. */
  height: number;
  /** Whole cells in a row. */
  columns: number;
  /** Whole cells in a column. */
  rows: number;
}

/** Keeps an even block from being divided by 0. */
const EPSILON = 1e-5;

/** No entry of a block may be larger than this before the second scaling. */
const CLIP = 0.2;

/**
 * Histogram of oriented gradients: in each cell, how much gradient there is in
 * each direction (0° to 180°; 0° is an edge that runs down the map); the cells
 * of each block are then scaled together to length 1, clipped at 0.2 and scaled
 * again ("L2-Hys"). Blocks overlap: each starts one cell after the one before.
 * Pixels right of or below the last whole cell are not counted.
 *
 * The default cell is for maps of 28×28 pixels, which it divides into 4×4
 * cells: 3·3 blocks · 2·2 cells · 9 orientations = 324 numbers.
 *
 * Source: Dalal & Triggs (2005), "Histograms of Oriented Gradients for Human
 * Detection", CVPR. As scikit-image's `skimage.feature.hog` does it for a
 * float64 image of one channel: unlike in the paper, a pixel votes for one bin
 * of one cell only, and blocks have no Gaussian window.
 *
 * @param map one finite number a pixel
 * @param options the map's width, and sizes
 * @returns block rows · block columns · block · block · orientations numbers in
 * this order, each 0 to 1; all 0 for a constant map
 * @throws {RangeError} when the map is no whole number of rows or has fewer
 * cells than one block, a number in it is not finite, or an option is not a
 * whole number from 1
 *
 * @example An edge that runs down has all its weight in the first orientation
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const edge = [0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1];
 * const features = hog(edge, { width: 4, orientations: 2, cell: 4, block: 1 });
 * assertEquals([...features].map(Math.round), [1, 0]);
 * ```
 */
export function hog(map: MapData, options: HogOptions): Float64Array {
  const grid = gridOf(map, options);
  const histograms = cellHistograms(map, grid);
  requireNoOverflow(maximum(histograms), map);
  return scaledBlocks(histograms, grid);
}

/** Checks the input and divides it into cells. */
function gridOf(
  map: MapData,
  { width, orientations = 9, cell = 7, block = 2 }: HogOptions,
): Grid {
  requireCounts({ width, orientations, cell, block });
  if (map.length % width !== 0) {
    throw new RangeError(
      `the map's ${map.length} pixels are not a multiple of its width ${width}`,
    );
  }
  const height = map.length / width;
  const columns = Math.floor(width / cell);
  const rows = Math.floor(height / cell);
  if (columns < block || rows < block) {
    const side = block * cell;
    throw new RangeError(
      `one block takes ${side}×${side} pixels; the map has only ${width}×${height}`,
    );
  }
  requireFinite(map);
  return { width, height, orientations, cell, block, columns, rows };
}

/** Mean gradient a pixel: [cell rows, cell columns, orientations]. */
function cellHistograms(map: MapData, grid: Grid): Float32Array {
  const { width, height, orientations, cell, columns, rows } = grid;
  // Single precision, as the sums of scikit-image.
  const histograms = new Float32Array(rows * columns * orientations);
  for (let y = 0; y < rows * cell; y++) {
    const inside = y > 0 && y < height - 1;
    for (let x = 0; x < columns * cell; x++) {
      const pixel = y * width + x;
      // At the border of the map, the gradient across it is 0.
      const down = inside ? map[pixel + width] - map[pixel - width] : 0;
      const right = x > 0 && x < width - 1
        ? map[pixel + 1] - map[pixel - 1]
        : 0;
      if (down === 0 && right === 0) continue;
      const bin = orientationBin(down, right, orientations);
      // As in scikit-image, an angle that rounding makes 180° has no bin.
      if (bin === orientations) continue;
      const place = Math.floor(y / cell) * columns + Math.floor(x / cell);
      histograms[place * orientations + bin] += Math.sqrt(
        down * down + right * right,
      );
    }
  }
  return histograms.map((sum) => sum / (cell * cell));
}

/** The bin of a direction, opposite ones being the same. */
function orientationBin(
  down: number,
  right: number,
  orientations: number,
): number {
  const angle = Math.atan2(down, right) * (180 / Math.PI) % 180;
  return Math.floor((angle < 0 ? angle + 180 : angle) * orientations / 180);
}

/** All blocks one after another, each scaled by itself. */
function scaledBlocks(histograms: Float32Array, grid: Grid): Float64Array {
  const { orientations, block, columns, rows } = grid;
  const [down, across] = [rows - block + 1, columns - block + 1];
  const run = block * orientations;
  const features = new Float64Array(down * across * block * run);
  let end = 0;
  for (let row = 0; row < down; row++) {
    for (let column = 0; column < across; column++) {
      const start = end;
      for (let y = row; y < row + block; y++, end += run) {
        // Cells side by side are side by side in the histograms too.
        const from = (y * columns + column) * orientations;
        features.set(histograms.subarray(from, from + run), end);
      }
      scaleBlock(features.subarray(start, end));
    }
  }
  return features;
}

/** "L2-Hys": length 1, clipped, length 1 again; in place. */
function scaleBlock(values: Float64Array) {
  scaleToOne(values);
  for (let i = 0; i < values.length; i++) values[i] = Math.min(values[i], CLIP);
  scaleToOne(values);
}

function scaleToOne(values: Float64Array) {
  let squares = EPSILON ** 2;
  for (let i = 0; i < values.length; i++) squares += values[i] * values[i];
  const length = Math.sqrt(squares);
  for (let i = 0; i < values.length; i++) values[i] /= length;
}
