import { assertEquals, assertThrows } from "@std/assert";
import { DataError } from "../../lib/data/dataset.ts";
import { parseIdx } from "../../lib/data/idx.ts";
import { loadMnist } from "../../lib/data/mnist.ts";

Deno.test("loadMnist() gives the 60,000 and 10,000 images of MNIST", async () => {
  const { training, test } = await loadMnist();
  assertEquals(training.labels.length, 60_000);
  assertEquals(test.labels.length, 10_000);
  assertEquals(training.pixels.length, 60_000 * 784);
  assertEquals([...test.labels.subarray(0, 5)], [7, 2, 1, 0, 4]);
  const normal = test.labels.filter((label) => label < 5).length;
  assertEquals([normal, 10_000 - normal], [5139, 4861]);
});

Deno.test("loadMnist('mnist') sets a fifth of each of 10,000 training digits aside", async () => {
  const [whole, part] = [await loadMnist(), await loadMnist("mnist")];
  assertEquals(part.training.labels.length + part.test.labels.length, 10_000);
  assertEquals(part.test.labels.length, 2_000);
  // They are the first images of MNIST's training file, byte for byte.
  const known = new Set<string>();
  for (let i = 0; i < 10_000; i++) {
    known.add(String(whole.training.pixels.subarray(784 * i, 784 * (i + 1))));
  }
  for (const { pixels, labels } of [part.training, part.test]) {
    assertEquals(pixels.length, 784 * labels.length);
    for (let start = 0; start < pixels.length; start += 784) {
      assertEquals(
        known.has(String(pixels.subarray(start, start + 784))),
        true,
      );
    }
  }
});

for (
  const [name, bytes] of [
    ["that is empty", []],
    ["of floats", [0, 0, 13, 1, 0, 0, 0, 0]],
    ["whose header is cut", [0, 0, 8, 2, 0, 0, 0, 1]],
    ["with too few values", [0, 0, 8, 1, 0, 0, 0, 2, 7]],
    ["with too many values", [0, 0, 8, 1, 0, 0, 0, 1, 7, 9]],
  ] as const
) {
  Deno.test(`parseIdx() refuses a file ${name}`, () => {
    assertThrows(() => parseIdx(Uint8Array.from(bytes)), DataError);
  });
}
