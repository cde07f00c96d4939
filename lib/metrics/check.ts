import type { MapData } from "./map_data.ts";

/**
 * Throws unless a map is a list of numbers: nothing else checks what a notebook
 * passes, and a tensor or rows of pixels would be measured wrongly.
 *
 * @param map one number a pixel
 * @throws {TypeError} when it is none
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 *
 * requireMap([1, 2]);
 * assertThrows(() => requireMap([[1, 2]] as never), TypeError, "dataSync");
 * ```
 */
export function requireMap(map: MapData) {
  const isList = Number.isInteger(map.length) &&
    (map.length === 0 || typeof map[0] === "number");
  if (isList) return;
  throw new TypeError(
    "a map is a list of numbers, one a pixel; of a tensor give dataSync()",
  );
}

/**
 * Throws unless a map has pixels, all of them finite.
 *
 * @param map one number a pixel
 * @throws {RangeError} when the map has no pixel, or holds NaN or an infinity
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => requireFinite([1, NaN]), RangeError, "NaN at pixel 1");
 * ```
 */
export function requireFinite(map: MapData) {
  if (map.length === 0) {
    throw new RangeError("the map is empty; it must have at least 1 pixel");
  }
  for (let pixel = 0; pixel < map.length; pixel++) {
    if (!Number.isFinite(map[pixel])) refusePixel(map, pixel);
  }
}

/**
 * Throws when a map holds NaN, which has no place in an order of pixels.
 * Infinities have one.
 *
 * @param map one number a pixel
 * @throws {RangeError} when the map holds NaN
 *
 * @example
 * ```ts
 * requireOrdered([1, Infinity]);
 * ```
 */
export function requireOrdered(map: MapData) {
  for (let pixel = 0; pixel < map.length; pixel++) {
    if (Number.isNaN(map[pixel])) refusePixel(map, pixel);
  }
}

/**
 * Throws unless two maps have the same number of pixels.
 *
 * @param a one map
 * @param b the other
 * @throws {RangeError} when the maps differ in size
 * @throws {TypeError} as {@linkcode requireMap} does
 *
 * @example
 * ```ts
 * requireSameSize([1, 2], [3, 4]);
 * ```
 */
export function requireSameSize(a: MapData, b: MapData) {
  requireMap(a);
  requireMap(b);
  if (a.length !== b.length) {
    throw new RangeError(
      `the maps have ${a.length} and ${b.length} pixels; they must have the same`,
    );
  }
}

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
  requireSameSize(a, b);
  if (a.length < 2) {
    throw new RangeError(
      `the maps must have at least 2 pixels; they have ${a.length}`,
    );
  }
  requireFinite(a);
  requireFinite(b);
}

/**
 * Throws when a map is constant: its correlation is undefined. The values are
 * compared, as rounding can leave a variance where there is none.
 *
 * @param map finite numbers, at least one
 * @throws {RangeError} when all pixels are equal
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => requireVaried([5, 5]), RangeError, "every pixel is 5");
 * ```
 */
export function requireVaried(map: MapData) {
  for (let pixel = 1; pixel < map.length; pixel++) {
    if (map[pixel] !== map[0]) return;
  }
  throw new RangeError(
    `the correlation with a constant map is undefined; every pixel is ${
      map[0]
    }`,
  );
}

/**
 * Throws when a result is not finite because sums or squares of finite pixels
 * were too large; names the largest pixel.
 *
 * @param result what was computed of the maps
 * @param maps finite numbers, at least one map
 * @throws {RangeError} when the result is NaN or infinite
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => requireNoOverflow(NaN, [1, -1e200]), RangeError, "-1e+200");
 * ```
 */
export function requireNoOverflow(result: number, ...maps: MapData[]) {
  if (Number.isFinite(result)) return;
  let [largest, place] = [0, 0];
  for (const map of maps) {
    Array.from(map).forEach((value, pixel) => {
      if (Math.abs(value) > Math.abs(largest)) {
        [largest, place] = [value, pixel];
      }
    });
  }
  throw new RangeError(
    `the map holds ${largest} at pixel ${place}, too large to compute with; scale the map first`,
  );
}

function refusePixel(map: MapData, pixel: number): never {
  throw new RangeError(`the map holds ${map[pixel]} at pixel ${pixel}`);
}
