import { assert, assertEquals, assertThrows } from "@std/assert";
import { zipSync } from "fflate";
import { ARRAYS } from "../../lib/model/autoencoders/convolutional.ts";
import { readPyTorchFile } from "../../lib/weights/pytorch_file.ts";
import { randomStream, uniform } from "../../lib/support/random.ts";
import { WeightsError } from "../../lib/weights/state_dict.ts";
import { writeSafetensors } from "../../lib/weights/safetensors.ts";
import { readWeights } from "../../lib/model/read_weights.ts";
import { hasShared, readPlainWeights, readShared } from "../shared.ts";

const text = (value: string) => [...new TextEncoder().encode(value)];

/** The opcodes of Python's pickle that a state dict is made of. */
const op = {
  global: (module: string, name: string) => [
    ...text(`c${module}\n${name}\n`),
  ],
  string: (value: string) => [0x58, ...uint32(value.length), ...text(value)],
  int: (value: number) => [0x4a, ...uint32(value)],
  tuple: (...items: number[][]) => [0x28, ...items.flat(), 0x74],
  reduce: 0x52,
  persistent: 0x51,
  setItem: 0x73,
  none: 0x4e,
  stop: 0x2e,
};

function uint32(value: number): number[] {
  return [...new Uint8Array(Uint32Array.of(value).buffer)];
}

function tensor(
  { key = "0", shape = [2], strides = [1], offset = 0 } = {},
): number[] {
  return [
    ...op.global("torch._utils", "_rebuild_tensor_v2"),
    ...op.tuple(
      [
        ...op.tuple(
          op.string("storage"),
          op.global("torch", "FloatStorage"),
          op.string(key),
          op.string("cuda:1"),
          op.int(2),
        ),
        op.persistent,
      ],
      op.int(offset),
      op.tuple(...shape.map(op.int)),
      op.tuple(...strides.map(op.int)),
      [0x89],
    ),
    op.reduce,
  ];
}

/** A file with a dict of one spec, "w". */
function file(value: number[], floats = [1, 2]): Uint8Array {
  return zip([...pickleOf(value)], floats);
}

function pickleOf(value: number[]): Uint8Array {
  return Uint8Array.from([
    ...[0x80, 2],
    ...op.global("collections", "OrderedDict"),
    ...[0x29, op.reduce],
    ...op.string("w"),
    ...value,
    op.setItem,
    op.stop,
  ]);
}

function zip(pickle: number[], floats = [1, 2]): Uint8Array {
  return zipSync({
    "archive/data.pkl": Uint8Array.from(pickle),
    "archive/data/0": new Uint8Array(Float32Array.from(floats).buffer),
  }, { level: 0 });
}

Deno.test("readPyTorchFile() reads a tensor that was on a GPU", () => {
  assertEquals(
    readPyTorchFile(file(tensor())).weights,
    new Map([["w", { shape: [2], data: Float32Array.of(1, 2) }]]),
  );
});

Deno.test("readPyTorchFile() follows strides and offsets", () => {
  const value = tensor({ shape: [2, 2], strides: [1, 2], offset: 1 });
  const { weights } = readPyTorchFile(file(value, [0, 1, 2, 3, 4]));
  assertEquals([...weights.get("w")!.data], [1, 3, 2, 4]);
});

const HOSTILE: [string, Uint8Array, string][] = [
  ["that is empty", new Uint8Array(), "no zip"],
  ["that is text", Uint8Array.from(text("hello")), "no zip"],
  [
    "that is a zip of something else",
    zipSync({ "a.txt": Uint8Array.of(1) }, { level: 0 }),
    "not one of PyTorch's",
  ],
  [
    "that calls os.system",
    zip([
      ...op.global("os", "system"),
      ...op.tuple(op.string("touch /tmp/owned")),
      op.reduce,
      op.stop,
    ]),
    `Python's "os.system"`,
  ],
  [
    "that calls something hidden in a tensor's place",
    file([...op.global("builtins", "eval"), ...op.tuple(op.string("1")), 0x52]),
    `"builtins.eval"`,
  ],
  ["with an opcode of no state dict", zip([0x50, op.stop]), "opcode 0x50"],
  ["with None for a tensor", file([op.none]), "other than named tensors"],
  ["with a number for a tensor", file(op.int(5)), "other than named tensors"],
  ["whose pickle is cut", zip([0x80, 2, 0x58, 9]), "ends early"],
  ["whose stack is empty", zip([op.reduce, op.stop]), "stack is empty"],
  ["whose numbers are missing", file(tensor({ key: "7" })), "are missing"],
  [
    "whose tensor is larger than its numbers",
    file(tensor({ shape: [3] })),
    "larger than its numbers",
  ],
  [
    "whose tensor is absurdly large",
    file(tensor({ shape: [2 ** 30, 2 ** 30], strides: [0, 0] })),
    "claim more than",
  ],
  [
    "whose shape and strides differ in length",
    file(tensor({ strides: [1, 1] })),
    "makes no sense",
  ],
  [
    "with a stride below zero",
    file(tensor({ strides: [-1] })),
    "makes no sense",
  ],
  [
    "with a side below zero",
    file(tensor({ shape: [-1] })),
    "makes no sense",
  ],
];

for (const [name, bytes, message] of HOSTILE) {
  Deno.test(`readPyTorchFile() refuses a file ${name}`, () => {
    assertThrows(() => readPyTorchFile(bytes), WeightsError, message);
  });
}

Deno.test("readPyTorchFile() refuses compressed entries, whatever size they claim", () => {
  const bomb = zipSync({ "archive/data.pkl": new Uint8Array(100) });
  const { length } = bomb;
  // The directory's claim of the size, 24 bytes into its one entry.
  new DataView(bomb.buffer).setUint32(
    length - 22 - 62 + 24,
    300 * 2 ** 20,
    true,
  );
  assertThrows(() => readPyTorchFile(bomb), WeightsError, "compressed");
});

Deno.test("readPyTorchFile() refuses a zip whose entry claims more bytes than the file has", () => {
  const lying = file(tensor());
  const view = new DataView(lying.buffer);
  const directory = view.getUint32(lying.length - 22 + 16, true);
  view.setUint32(directory + 20, 2 ** 31, true);
  view.setUint32(directory + 24, 2 ** 31, true);
  assertThrows(() => readPyTorchFile(lying), WeightsError, "is cut");
});

Deno.test("readPyTorchFile() refuses a zip that claims more than 10,000 entries", () => {
  const many = file(tensor());
  new DataView(many.buffer).setUint16(many.length - 22 + 10, 10_001, true);
  assertThrows(() => readPyTorchFile(many), WeightsError, "10001 entries");
});

Deno.test("readPyTorchFile() reads big-endian numbers where the file says so", () => {
  const numbers = new DataView(new ArrayBuffer(8));
  numbers.setFloat32(0, 1.5);
  numbers.setFloat32(4, -2);
  const { weights } = readPyTorchFile(zipSync({
    "archive/data.pkl": pickleOf(tensor()),
    "archive/byteorder": Uint8Array.from(text("big")),
    "archive/data/0": new Uint8Array(numbers.buffer),
  }, { level: 0 }));
  assertEquals([...weights.get("w")!.data], [1.5, -2]);
});

Deno.test("readPyTorchFile() refuses many tensors that share one number", () => {
  const many = Array.from({ length: 300 }, (_, i) => [
    ...op.string(`w${i}`),
    ...tensor({ shape: [2 ** 20], strides: [0] }),
    op.setItem,
  ]);
  const pickle = [
    ...op.global("collections", "OrderedDict"),
    ...[0x29, op.reduce],
    ...many.flat(),
    op.stop,
  ];
  assertThrows(() => readPyTorchFile(zip(pickle)), WeightsError, "claim more");
});

const AUTHORS = "authors/LSA_mnist_no_est_500.march.pt";

Deno.test({
  name: "readPyTorchFile() reads the authors' file: 81 arrays, the model's",
  ignore: !hasShared(AUTHORS),
  fn: () => {
    const { weights, counters } = readPyTorchFile(readShared(AUTHORS));
    // 500 epochs of 108 steps and 12 validation batches, in training mode.
    assertEquals([...new Set(counters.values())], [60_000]);
    assertEquals(
      [...weights].map(([name, { shape }]) => ({ name, shape })),
      ARRAYS.map(({ name, shape }) => ({ name, shape })),
    );
    const total = [...weights.values()]
      .reduce((sum, { data }) => sum + data.length, 0);
    assertEquals(total, 572_688);
  },
});

/**
 * Reads a file over and over, each time with up to eight bytes changed and now
 * and then its end cut off. Damage is put where it hurts: in the pickle at the
 * start, in the zip's directory at the end, and anywhere.
 *
 * @returns how many were refused
 */
function fuzz(
  read: (bytes: Uint8Array) => unknown,
  original: Uint8Array,
  rounds: number,
): number {
  const random = randomStream(11, "order");
  const below = (n: number) => Math.floor(uniform(random, 0, n));
  const { length } = original;
  const places = [
    () => below(Math.min(length, 15_000)),
    () => length - 1 - below(Math.min(length, 12_000)),
    () => below(length),
  ];
  let refused = 0;
  for (let round = 0; round < rounds; round++) {
    const bytes = original.slice(
      0,
      below(10) === 0 ? below(length) : length,
    );
    for (let n = 1 + below(8); n > 0; n--) {
      bytes[places[below(3)]()] = below(256);
    }
    const started = performance.now();
    try {
      read(bytes);
    } catch (error) {
      if (!(error instanceof WeightsError)) throw error;
      const { message } = error;
      assert(message.length < 300 && !message.includes("\n"), message);
      refused++;
    }
    assert(performance.now() - started < 2_000, `round ${round} was slow`);
  }
  return refused;
}

Deno.test("readPyTorchFile() answers 10,000 mutated files with weights or one sentence", () => {
  const refused = fuzz(readPyTorchFile, file(tensor()), 10_000);
  assert(refused > 5_000, `${refused} refused`);
});

Deno.test({
  name:
    "readWeights() answers 2,000 mutations of the authors' file the same way",
  ignore: !hasShared(AUTHORS),
  fn: () => {
    const refused = fuzz(readWeights, readShared(AUTHORS), 2_000);
    assert(refused > 1_000, `${refused} refused`);
  },
});

Deno.test({
  name: "readWeights() refuses weights that are not finite",
  ignore: !hasShared(AUTHORS),
  fn: () => {
    const weights = readPlainWeights();
    weights.get("decoder.conv.2.weight")!.data[3] = NaN;
    assertThrows(
      () =>
        readWeights(writeSafetensors({
          ...{ weights, counters: new Map(), metadata: {} },
        })),
      WeightsError,
      "not finite",
    );
  },
});
