import { assertEquals, assertThrows } from "@std/assert";
import { readPyTorchFile } from "../../lib/weights/pytorch_file.ts";
import { WeightsError } from "../../lib/weights/state_dict.ts";
import { writeSafetensors } from "../../lib/weights/safetensors.ts";
import { refuseStrangers } from "../../lib/weights/strangers.ts";

/** A file that fixtures/make.py wrote with PyTorch; w is [[1, -2.5], [0.5, 3]]. */
function fixture(name: string): Uint8Array {
  return Deno.readFileSync(new URL(`fixtures/${name}.pt`, import.meta.url));
}

const ROUNDED = ["64-bit numbers were rounded to 32 bits"];
const KEY = [`the weights were read from the file's key "model_state_dict"`];
const READ: [string, string[]][] = [
  ["protocol_4", []],
  ["protocol_5", []],
  ["parameter", []],
  ["half", []],
  ["bfloat16", []],
  ["double", ROUNDED],
  ["negated", []],
  ["checkpoint", KEY],
];

for (const [name, notes] of READ) {
  Deno.test(`readPyTorchFile() reads PyTorch's ${name}.pt`, () => {
    const read = readPyTorchFile(fixture(name));
    const w = { shape: [2, 2], data: Float32Array.of(1, -2.5, 0.5, 3) };
    assertEquals(read.weights, new Map([["w", w]]));
    assertEquals(read.notes, notes);
  });
}

const REFUSED: [string, string][] = [
  ["complex", `"torch.ComplexFloatStorage" numbers`],
  ["two_models", `"generator" and "discriminator"`],
];

for (const [name, message] of REFUSED) {
  Deno.test(`readPyTorchFile() refuses PyTorch's ${name}.pt`, () => {
    assertThrows(() => readPyTorchFile(fixture(name)), WeightsError, message);
  });
}

Deno.test("readPyTorchFile() refuses a file whose numbers differ from their checksum", () => {
  const bytes = fixture("protocol_4");
  // The sign of -2.5, stored as 00 00 20 c0.
  const at = bytes.findIndex((_, i) =>
    [0, 0, 0x20, 0xc0].every((byte, j) => bytes[i + j] === byte)
  );
  bytes[at + 3] ^= 0x80;
  assertThrows(() => readPyTorchFile(bytes), WeightsError, "checksum");
});

const text = (value: string) => new TextEncoder().encode(value);
const STRANGERS: [string, Uint8Array, string][] = [
  ["an empty file", new Uint8Array(), "empty"],
  [
    "a git-lfs pointer",
    text("version https://git-lfs.github.com/spec/v1\n"),
    "git lfs pull",
  ],
  ["a web page", text("\n<!DOCTYPE html>\n<html>"), "web page"],
  ["gzip", Uint8Array.of(0x1f, 0x8b, 8), "gunzip"],
  ["a file of PyTorch before 1.6", fixture("before_1_6"), "before 1.6"],
  ...[2, 3, 4, 5].map((protocol): [string, Uint8Array, string] => [
    `a pickle of protocol ${protocol}`,
    Uint8Array.of(0x80, protocol, 0x4b, 1, 0x2e),
    "a plain Python pickle",
  ]),
  ["a file of 257 MiB", new Uint8Array(257 * 2 ** 20), "257 MiB"],
];

Deno.test("refuseStrangers() lets safetensors pass whose header's length begins as a pickle does", () => {
  for (const low of [640, 896, 1152, 1408]) {
    const read = (pad: number) => {
      const weights = new Map([["w", {
        shape: [1],
        data: Float32Array.of(1),
      }]]);
      const metadata = { pad: " ".repeat(pad) };
      return writeSafetensors({ weights, counters: new Map(), metadata });
    };
    const length = new DataView(read(0).buffer).getUint32(0, true);
    const bytes = read(low - length);
    assertEquals([bytes[0], bytes[1]], [0x80, low >> 8]);
    refuseStrangers(bytes);
  }
});

for (const [name, bytes, message] of STRANGERS) {
  Deno.test(`refuseStrangers() says that ${name} is no weights`, () => {
    assertThrows(() => refuseStrangers(bytes), WeightsError, message);
  });
}
