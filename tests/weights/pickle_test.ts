import { assertEquals, assertThrows } from "@std/assert";
import {
  Call,
  Global,
  readPickle,
  Reference,
} from "../../lib/weights/pickle.ts";
import { WeightsError } from "../../lib/weights/state_dict.ts";

/** A pickle of protocol 2: opcodes as Python's pickletools names them. */
const pickle = (...opcodes: number[]) =>
  readPickle(Uint8Array.of(0x80, 2, ...opcodes, 0x2e));

const ascii = (text: string) => [...new TextEncoder().encode(text)];
const MARK = 0x28;
const ONE = [0x4b, 1];
const TWO = [0x4b, 2];
const TUPLE2 = 0x86;
const TEXT_A = [0x8c, 1, ...ascii("a")];

Deno.test("readPickle() reads whole numbers of any length, with their signs", () => {
  const cases: [number[], number][] = [
    [[0x4b, 255], 255],
    [[0x4d, 1, 2], 513],
    [[0x4a, 0xfe, 0xff, 0xff, 0xff], -2],
    [[0x8a, 0], 0],
    [[0x8a, 1, 0x7f], 127],
    [[0x8a, 1, 0x80], -128],
    [[0x8a, 1, 0xff], -1],
    [[0x8a, 2, 0x80, 0x00], 128],
    [[0x8a, 3, 0x01, 0x02, 0x03], 0x030201],
    [[0x8b, 2, 0, 0, 0, 0x34, 0x12], 0x1234],
  ];
  for (const [opcodes, value] of cases) assertEquals(pickle(...opcodes), value);
});

Deno.test("readPickle() reads floats, None, True and False", () => {
  const float = new Uint8Array(8);
  new DataView(float.buffer).setFloat64(0, -1.25);
  assertEquals(pickle(0x47, ...float), -1.25);
  assertEquals([0x4e, 0x88, 0x89].map((opcode) => pickle(opcode)), [
    null,
    true,
    false,
  ]);
});

Deno.test("readPickle() reads texts, and passes bytes over", () => {
  const text = ascii("né");
  const [n, none] = [text.length, [0, 0, 0]];
  for (
    const opcodes of [
      [0x8c, n, ...text],
      [0x58, n, ...none, ...text],
      [0x8d, n, ...none, ...none, 0, ...text],
    ]
  ) assertEquals(pickle(...opcodes), "né");
  for (
    const opcodes of [
      [0x55, n, ...text],
      [0x43, n, ...text],
      [0x54, n, ...none, ...text],
      [0x42, n, ...none, ...text],
      [0x8e, n, ...none, ...none, 0, ...text],
      [0x96, n, ...none, ...none, 0, ...text],
    ]
  ) assertEquals(pickle(...opcodes, ...ONE, TUPLE2), [undefined, 1]);
});

Deno.test("readPickle() reads tuples, lists, sets and dicts", () => {
  for (const opcode of [0x29, 0x5d, 0x8f]) assertEquals(pickle(opcode), []);
  assertEquals(pickle(...ONE, 0x85), [1]);
  assertEquals(pickle(...ONE, ...TWO, TUPLE2), [1, 2]);
  assertEquals(pickle(...ONE, ...TWO, ...ONE, 0x87), [1, 2, 1]);
  for (const opcode of [0x74, 0x6c, 0x91]) {
    assertEquals(pickle(MARK, ...ONE, ...TWO, opcode), [1, 2]);
  }
  assertEquals(pickle(0x5d, ...ONE, 0x61), [1]);
  for (const opcode of [0x65, 0x90]) {
    assertEquals(pickle(0x5d, MARK, ...ONE, ...TWO, opcode), [1, 2]);
  }
  assertEquals(pickle(0x7d, ...TEXT_A, ...ONE, 0x73), new Map([["a", 1]]));
  assertEquals(
    pickle(0x7d, MARK, ...TEXT_A, ...ONE, ...TWO, ...TWO, 0x75),
    new Map<unknown, unknown>([["a", 1], [2, 2]]),
  );
});

Deno.test("readPickle() remembers, repeats and drops", () => {
  // BINPUT and BINGET, LONG_BINPUT and LONG_BINGET, MEMOIZE.
  assertEquals(pickle(...ONE, 0x71, 7, ...TWO, 0x68, 7, TUPLE2), [2, 1]);
  const place = [7, 1, 0, 0];
  assertEquals(
    pickle(...ONE, 0x72, ...place, ...TWO, 0x6a, ...place, TUPLE2),
    [2, 1],
  );
  assertEquals(pickle(...TWO, 0x94, 0x68, 0, TUPLE2), [2, 2]);
  // DUP, POP, POP_MARK.
  assertEquals(pickle(...TWO, 0x32, TUPLE2), [2, 2]);
  assertEquals(pickle(...ONE, ...TWO, 0x30), 1);
  assertEquals(pickle(...ONE, MARK, ...TWO, ...TWO, 0x31), 1);
});

Deno.test("readPickle() keeps calls as what they are, and calls nothing", () => {
  const named = [0x63, ...ascii("os\nsystem\n")];
  const system = new Global("os.system");
  assertEquals(pickle(...named), system);
  const stacked = [0x8c, 2, ...ascii("os"), 0x8c, 6, ...ascii("system"), 0x93];
  assertEquals(pickle(...stacked), system);
  const call = new Call(system, [1]);
  for (const opcode of [0x52, 0x81]) {
    assertEquals(pickle(...named, ...ONE, 0x85, opcode), call);
  }
  assertEquals(pickle(...named, ...ONE, 0x85, 0x7d, 0x92), call);
  assertEquals(pickle(...named, ...ONE, 0x85, 0x52, 0x7d, 0x62), call);
  assertEquals(pickle(...ONE, 0x51), new Reference(1));
  const ordered = [0x63, ...ascii("collections\nOrderedDict\n"), 0x29, 0x52];
  assertEquals(pickle(...ordered), new Map());
});

Deno.test("readPickle() refuses what ends early, lacks a mark or a memo, or calls no function", () => {
  for (
    const [opcodes, message] of [
      [[0x8c, 9, 97], "ends early"],
      [[0x63, 97], "ends early"],
      [[0x74], "lacks a mark"],
      [[0x68, 3], "memo is incomplete"],
      [[0x30], "stack is empty"],
      [[...ONE, TUPLE2], "stack is empty"],
      [[...ONE, 0x29, 0x52], "no function"],
      [[...ONE, ...TWO, 0x61], "no list"],
      [[0x7d, MARK, ...ONE, 0x75], "no dict"],
      [[0x80, 6], "unknown pickle protocol"],
      [[0x01], "opcode 0x01"],
    ] as const
  ) assertThrows(() => pickle(...opcodes), WeightsError, message);
});
