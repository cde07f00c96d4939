import type { MapData } from "./metrics.ts";

/**
 * Throws unless two maps can be compared pixel by pixel.
 *
 * @param a one map
 * @param b the other
 * @throws {RangeError} when the maps differ in size, have fewer than 2 pixels,
 * or hold NaN or an infinity
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => requireComparable([1, 2], [1, NaN]), RangeError);
 * ```
 */
export function requireComparable(a: MapData, b: MapData) {
  if (a.length !== b.length) {
    throw new RangeError(
      `the maps have ${a.length} and ${b.length} pixels; they must have the same`,
    );
  }
  if (a.length < 2) {
    throw new RangeError(
      `the maps must have at least 2 pixels; they have ${a.length}`,
    );
  }
  requireFinite(a);
  requireFinite(b);
}

function requireFinite(map: MapData) {
  for (let pixel = 0; pixel < map.length; pixel++) {
    if (!Number.isFinite(map[pixel])) {
      throw new RangeError(`the map holds ${map[pixel]} at pixel ${pixel}`);
    }
  }
}
