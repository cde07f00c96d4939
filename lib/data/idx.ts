import { DataError } from "./dataset.ts";

/**
 * Reads the IDX format of MNIST's files: bytes only.
 *
 * @param bytes the whole file
 * @returns the values, and how many along each axis
 * @throws {DataError} when it is no IDX file of bytes, or too short
 * @see http://yann.lecun.com/exdb/mnist/
 *
 * @example Two labels
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const { shape, values } = parseIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 9));
 * assertEquals([shape, [...values]], [[2], [7, 9]]);
 * ```
 */
export function parseIdx(
  bytes: Uint8Array,
): { shape: number[]; values: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const axes = bytes[3];
  const header = 4 + 4 * axes;
  if (bytes.length < 4 || view.getUint16(0) !== 0 || bytes[2] !== 8) {
    throw new DataError("this is no IDX file of bytes");
  }
  if (bytes.length < header) throw new DataError("the IDX file is too short");
  const shape = Array.from(
    { length: axes },
    (_, axis) => view.getUint32(4 + 4 * axis),
  );
  const size = shape.reduce((a, b) => a * b, 1);
  if (bytes.length !== header + size) {
    throw new DataError(
      `the IDX file has ${bytes.length - header} values, not ${size}`,
    );
  }
  return { shape, values: bytes.subarray(header) };
}
