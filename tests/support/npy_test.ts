import { assertEquals, assertThrows } from "@std/assert";
import { NpyError, readNpy } from "../../lib/support/npy.ts";

/** A file as `numpy.save` writes it, of version 1 or 2. */
function npy(
  values: number[],
  { descr = "<f8", shape = `(${values.length},)`, version = 1 } = {},
): Uint8Array {
  const start = version === 1 ? 10 : 12;
  const text =
    `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;
  const header = text.padEnd(128 - start - 1) + "\n";
  const bytes = new Uint8Array(128 + 8 * values.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), version, 0]);
  if (version === 1) view.setUint16(8, header.length, true);
  else view.setUint32(8, header.length, true);
  bytes.set(new TextEncoder().encode(header), start);
  values.forEach((value, i) => view.setFloat64(128 + 8 * i, value, true));
  return bytes;
}

Deno.test("readNpy() reads versions 1 and 2, also inside a larger buffer", () => {
  for (const version of [1, 2]) {
    const file = npy([1.5, -2, 1e300], { version });
    assertEquals([...readNpy(file)], [1.5, -2, 1e300]);
    const larger = new Uint8Array(file.length + 3);
    larger.set(file, 3);
    assertEquals([...readNpy(larger.subarray(3))], [1.5, -2, 1e300]);
  }
});

const BAD: [string, Uint8Array, string][] = [
  ["that is empty", new Uint8Array(), "no file of NumPy's"],
  ["of text", new TextEncoder().encode("hello, world!"), "no file of NumPy's"],
  ["of 32-bit floats", npy([1], { descr: "<f4" }), "64-bit floats"],
  ["of two axes", npy([1, 2], { shape: "(1, 2)" }), "64-bit floats"],
  ["that is cut", npy([1, 2]).subarray(0, -8), "not those of 2 numbers"],
  ["that claims too much", npy([1], { shape: "(9999999999,)" }), "not those"],
];

for (const [name, bytes, message] of BAD) {
  Deno.test(`readNpy() refuses a file ${name}`, () => {
    assertThrows(() => readNpy(bytes), NpyError, message);
  });
}

Deno.test("readNpy() refuses a header of a million bytes in one sentence", () => {
  const bytes = new Uint8Array(12 + 1_000_000);
  bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), 2, 0]);
  new DataView(bytes.buffer).setUint32(8, 1_000_000, true);
  assertThrows(() => readNpy(bytes), NpyError, "no list of 64-bit floats");
});
