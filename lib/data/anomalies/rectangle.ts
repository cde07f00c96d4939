import type { Picture } from "./picture.ts";

/** Whole pixels; it may reach over the edge of a picture. */
export interface Rectangle {
  /** First column. */
  x: number;
  /** First row. */
  y: number;
  /** Columns. */
  width: number;
  /** Rows. */
  height: number;
}

/**
 * Pixels with a rectangle of them filled.
 *
 * @param picture left as it is
 * @param rectangle where; what lies outside the picture is left out
 * @param value for a column and row of the rectangle, counted from its corner,
 * and a channel; undefined leaves what is there
 * @returns pixels of the same shape
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const picture = { pixels: new Float32Array(4), width: 2 };
 * const rectangle = { x: 1, y: 0, width: 9, height: 2 };
 * assertEquals([...fillRectangle(picture, rectangle, (_, row) => row)], [0, 0, 0, 1]);
 * ```
 */
export function fillRectangle(
  picture: Picture,
  { x, y, width, height }: Rectangle,
  value: (column: number, row: number, channel: number) => number | undefined,
): Float32Array {
  const { width: columns, channels = 1 } = picture;
  return picture.pixels.map((old, i) => {
    const pixel = Math.floor(i / channels);
    const column = pixel % columns - x;
    const row = Math.floor(pixel / columns) - y;
    const inside = column >= 0 && column < width && row >= 0 && row < height;
    return inside ? value(column, row, i % channels) ?? old : old;
  });
}

/**
 * Reads a picture inside a rectangle.
 *
 * @returns the value at a column and row of the rectangle, counted from its
 * corner, and a channel; undefined outside the picture
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const picture = { pixels: Float32Array.of(0, 1, 0, 0), width: 2 };
 * const value = readRectangle(picture, { x: 1, y: 0, width: 2, height: 2 });
 * assertEquals([value(0, 0, 0), value(1, 0, 0)], [1, undefined]);
 * ```
 */
export function readRectangle(
  { pixels, width, channels = 1 }: Picture,
  { x, y }: Rectangle,
) {
  return (column: number, row: number, channel: number): number | undefined => {
    if (x + column < 0 || x + column >= width) return undefined;
    return pixels[((y + row) * width + x + column) * channels + channel];
  };
}
