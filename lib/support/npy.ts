/** A file that is no NumPy array of the kind that is read here. */
export class NpyError extends Error {
  override name = "NpyError";
}

/** As windows-1252, which the web calls latin1, writes 0x93. */
const MAGIC = "\u201cNUMPY";

/**
 * Reads a list of 64-bit floats in NumPy's format, as `numpy.save` writes it.
 *
 * @param bytes the whole file
 * @throws {NpyError} when it is another kind of array, or damaged
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }".padEnd(117) + "\n";
 * const bytes = new Uint8Array(10 + 118 + 8);
 * bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, 118, 0]);
 * bytes.set(new TextEncoder().encode(header), 10);
 * new DataView(bytes.buffer).setFloat64(128, 2.5, true);
 * assertEquals([...readNpy(bytes)], [2.5]);
 * ```
 */
export function readNpy(bytes: Uint8Array): Float64Array {
  const text = (start: number, end: number) =>
    new TextDecoder("latin1").decode(bytes.subarray(start, end));
  if (bytes.length < 12 || text(0, 6) !== MAGIC) {
    throw new NpyError("this is no file of NumPy's");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  // Version 1 has two bytes for the header's length, later ones four.
  const [length, start] = bytes[6] === 1
    ? [view.getUint16(8, true), 10]
    : [view.getUint32(8, true), 12];
  const header = text(start, start + length);
  const shape = header.match(/'shape': \((\d+),\)/);
  if (!header.includes("'descr': '<f8'") || !shape) {
    throw new NpyError("the NumPy file holds no list of 64-bit floats");
  }
  const count = Number(shape[1]);
  if (bytes.length !== start + length + 8 * count) {
    throw new NpyError(
      `the NumPy file has ${bytes.length} bytes, not those of ${count} numbers`,
    );
  }
  return Float64Array.from(
    { length: count },
    (_, i) => view.getFloat64(start + length + 8 * i, true),
  );
}
