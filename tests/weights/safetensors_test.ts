import { assertEquals, assertThrows } from "@std/assert";
import {
  readSafetensors,
  writeSafetensors,
} from "../../lib/weights/safetensors.ts";
import { WeightsError } from "../../lib/weights/state_dict.ts";

/** A file, written by hand after the format's description. */
function fileOf(header: string, body: ArrayBufferView): Uint8Array {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + body.byteLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(new Uint8Array(body.buffer), 8 + json.length);
  return bytes;
}

/** The same of 32-bit floats. */
const handMade = (header: string, floats: number[]) =>
  fileOf(header, Float32Array.from(floats));

Deno.test("readSafetensors() reads a file made by hand, whatever its alignment", () => {
  const header = `{"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}`;
  const { weights } = readSafetensors(handMade(header, [1.5, -2]));
  assertEquals(
    weights,
    new Map([["a", { shape: [1, 2], data: Float32Array.of(1.5, -2) }]]),
  );
});

Deno.test("readSafetensors() reads the extremes of half-precision numbers from their bits, and rounds doubles", () => {
  const read = (dtype: string, body: ArrayBufferView, count: number) => {
    const array = { dtype, shape: [count], data_offsets: [0, body.byteLength] };
    const { weights, notes } = readSafetensors(
      fileOf(JSON.stringify({ w: array }), body),
    );
    return { data: [...weights.get("w")!.data], notes };
  };
  // Smallest, largest, −0, and one that needs every digit.
  assertEquals(read("F16", Uint16Array.of(1, 0x7bff, 0x8000, 0x3555), 4), {
    data: [2 ** -24, 65504, -0, 0.333251953125],
    notes: [],
  });
  assertEquals(read("BF16", Uint16Array.of(1, 0x7f7f, 0x8000, 0x3f81), 4), {
    data: [2 ** -133, (2 - 2 ** -7) * 2 ** 127, -0, 1.0078125],
    notes: [],
  });
  const doubles = read("F64", Float64Array.of(1 / 3, -2), 2);
  assertEquals(doubles.data, [Math.fround(1 / 3), -2]);
  assertEquals(doubles.notes.length, 1);
});

Deno.test("writeSafetensors() puts numbers at a multiple of 8 and the header's length first", () => {
  const weights = new Map([["a", { shape: [], data: Float32Array.of(3) }]]);
  const bytes = writeSafetensors({
    ...{ weights, counters: new Map(), metadata: {} },
  });
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  assertEquals(length % 8, 0);
  assertEquals(bytes.length, 8 + length + 4);
});

const DAMAGED: [string, Uint8Array, string][] = [
  ["empty", new Uint8Array(), "shorter than its header"],
  ["cut in the header", handMade("{}", []).subarray(0, 9), "ends before"],
  ["of absurd header size", new Uint8Array(8).fill(255), "ends before"],
  [
    "whose header has a byte more than 4 MiB",
    handMade("{}".padEnd(4 * 2 ** 20 + 1), []),
    "more than 4 MiB",
  ],
  ["without JSON", handMade("{nonsense", []), "not JSON"],
  [
    "cut in the numbers",
    handMade(`{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}`, [1]),
    `ends before "a" does`,
  ],
  [
    "of a shape that does not fit",
    handMade(`{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}`, [1, 2]),
    "does not fit",
  ],
  [
    "of three offsets",
    handMade(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}`, [
      1,
      2,
    ]),
    "does not fit",
  ],
  [
    "of another number type",
    handMade(`{"a":{"dtype":"U64","shape":[1],"data_offsets":[0,8]}}`, [1, 2]),
    "not F16",
  ],
  [
    "with a name twice",
    handMade(
      `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\\u0061":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`,
      [1],
    ),
    `"a" twice`,
  ],
  [
    "of arrays that overlap",
    handMade(
      `{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`,
      [1, 2],
    ),
    `"b" overlaps`,
  ],
  [
    "with a gap",
    handMade(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, [1, 2]),
    `before "a"`,
  ],
  [
    "with bytes after the last array",
    handMade(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, [1, 2]),
    "after the last array",
  ],
  [
    "whose metadata is no text",
    handMade(`{"__metadata__":{"epoch":3}}`, []),
    "metadata",
  ],
];

for (const [name, bytes, message] of DAMAGED) {
  Deno.test(`readSafetensors() refuses a file ${name}`, () => {
    assertThrows(() => readSafetensors(bytes), WeightsError, message);
  });
}

Deno.test("readSafetensors() takes null metadata for none", () => {
  assertEquals(
    readSafetensors(handMade(`{"__metadata__":null}`, [])).metadata,
    {},
  );
});

Deno.test("writeSafetensors() and readSafetensors() take views of larger memory", () => {
  const data = new Float32Array([9, 1, 2]).subarray(1);
  const weights = new Map([["a", { shape: [2], data }]]);
  const contents = { weights, counters: new Map(), metadata: {} };
  const bytes = writeSafetensors(contents);
  const larger = new Uint8Array(bytes.length + 5);
  larger.set(bytes, 5);
  const read = readSafetensors(larger.subarray(5)).weights;
  assertEquals([...read.get("a")!.data], [1, 2]);
});

Deno.test("readSafetensors() takes a header of 4 MiB", () => {
  const bytes = handMade("{}".padEnd(4 * 2 ** 20), []);
  assertEquals(readSafetensors(bytes).weights.size, 0);
});
