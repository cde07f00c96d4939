import { inferno } from "./colors.ts";
import type { ColorBar, Tile } from "./image_grid.ts";

/**
 * Scales one map to [0, 1] by its maximum (Section 3.1), to draw it.
 *
 * @param map one number a pixel, ≥ 0
 */
export function scaleMap(map: Float32Array): Float32Array {
  const maximum = map.reduce((a, b) => Math.max(a, b), 0) || 1;
  return map.map((value) => value / maximum);
}

/**
 * A map as a tile of an image grid: dark to bright, scaled by its maximum.
 *
 * @param map one number a pixel, ≥ 0
 * @param width pixels in a row
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const { values } = mapTile(Float32Array.of(0, 2, 1), 3);
 * assertEquals(Array.from(values), [0, 1, 0.5]);
 * ```
 */
export function mapTile(map: Float32Array, width: number): Tile {
  return { values: scaleMap(map), width, colormap: inferno };
}

/**
 * What the colours of {@linkcode mapTile} mean, below an image grid.
 *
 * @param from first column that has maps
 * @param to last one (default: the last of the grid)
 */
export function mapColorBar(from: number, to?: number): ColorBar {
  const columns = to === undefined ? { from } : { from, to };
  return { label: "share of the map's maximum", ends: ["0", "1"], ...columns };
}
