/**
 * How alike two maps of an image are: the measures that the paper weighs
 * against top-K agreement (Section 2.3), as Adebayo et al. ("Sanity Checks for
 * Saliency Maps", NeurIPS 2018) use them.
 *
 * @module
 */
import type { MapData } from "../map_data.ts";
import { maximum } from "../maximum.ts";
import { agreement, topK } from "../top_k.ts";
import { hog } from "./hog.ts";
import { pearson } from "./pearson.ts";
import { spearman } from "./spearman.ts";
import { ssim } from "./ssim.ts";

export { hog, type HogOptions } from "./hog.ts";
export { pearson } from "./pearson.ts";
export { averageRanks, spearman } from "./spearman.ts";
export { ssim, type SsimOptions } from "./ssim.ts";

/** A number for two maps with their signs; the more alike, the higher. */
export type Similarity = (a: MapData, b: MapData, width: number) => number;

/** Pixels in the sets of the top-K agreement, as in Figure 2 of the paper. */
const K = 10;

/**
 * Every measure by its name, for maps with their signs; one whose name does not
 * say "with signs" looks at absolute values. The first is the paper's, from 0 to 1 here; the others have
 * 1 for equal maps and about 0 for unrelated ones, unless what all maps have
 * in common (a dark rim) makes them alike.
 */
export const SIMILARITIES: Record<string, Similarity> = {
  "top-10 agreement": (a, b) =>
    agreement(topK(absolute(a), K), topK(absolute(b), K)) / K,
  "Spearman, absolute values": (a, b) => spearman(absolute(a), absolute(b)),
  "Spearman, with signs": (a, b) => spearman(a, b),
  "SSIM": (a, b, width) => ssim(scaled(a), scaled(b), { width }),
  "Pearson of HOG": (a, b, width) =>
    pearson(hog(scaled(a), { width }), hog(scaled(b), { width })),
};

/**
 * Every measure of two maps.
 *
 * @param a one number a pixel, with its sign
 * @param b the same of another map
 * @param width pixels in a row; 14 or more, and as many rows, for HOG
 * @returns by name of {@linkcode SIMILARITIES}
 * @throws {RangeError} when the maps differ in size, are constant, hold NaN or
 * are too small
 *
 * @example A map and its negative differ in their signs only
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const map = Float32Array.from({ length: 196 }, (_, i) => Math.sin(i * i) - 0.2);
 * const alike = similarities(map, map.map((value) => -value), 14);
 * assertAlmostEquals(alike["SSIM"], 1);
 * assertAlmostEquals(alike["Spearman, with signs"], -1);
 * ```
 */
export function similarities(
  a: MapData,
  b: MapData,
  width: number,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(SIMILARITIES).map(([name, of]) => [name, of(a, b, width)]),
  );
}

const absolute = (map: MapData) => Float32Array.from(map, Math.abs);

/** Absolute values, the largest of them 1. */
function scaled(map: MapData): Float64Array {
  const values = Float64Array.from(map, Math.abs);
  const largest = maximum(values);
  return largest > 0 ? values.map((value) => value / largest) : values;
}
