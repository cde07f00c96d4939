import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { loadMnist } from "../../lib/data/mnist.ts";
import { sha256 } from "../../lib/support/sha256.ts";
import { checkClasses, splitNormal } from "../../lib/data/split.ts";

Deno.test("splitNormal() splits MNIST's digits 0 to 4 into 27,537 and 3,059", async () => {
  const { training: { labels } } = await loadMnist();
  const { training, validation } = splitNormal(labels, [0, 1, 2, 3, 4], 0);
  assertEquals([training.length, validation.length], [27_537, 3_059]);
  assertEquals(new Set([...training, ...validation]).size, 30_596);
  assertEquals([...training, ...validation].every((i) => labels[i] < 5), true);
  for (let digit = 0; digit < 5; digit++) {
    const share = (indices: number[]) =>
      indices.filter((i) => labels[i] === digit).length;
    const all = share(training) + share(validation);
    assertEquals(share(validation), Math.round(all / 10));
  }
});

const labels = Array.from({ length: 200 }, (_, i) => i % 10);

Deno.test("splitNormal() depends on the seed, and on nothing else", () => {
  assertEquals(splitNormal(labels, [1, 7], 3), splitNormal(labels, [7, 1], 3));
  assertNotEquals(
    splitNormal(labels, [1, 7], 3),
    splitNormal(labels, [1, 7], 4),
  );
});

Deno.test("splitNormal() gives the split that models were trained with", async () => {
  const { training, validation } = splitNormal(
    Array.from({ length: 2000 }, (_, i) => i % 10),
    [0, 1, 2, 3, 4],
    7,
  );
  const indices = Uint32Array.of(...training, ...validation);
  assertEquals(
    await sha256(new Uint8Array(indices.buffer)),
    "a628cdb524d6817c62c26a07332b5f735936142bda9c7bd338f5b0ec1b214edc",
  );
});

Deno.test("splitNormal() splits a digit the same whatever other digits are normal", () => {
  const alone = splitNormal(labels, [7], 3).validation;
  const { validation } = splitNormal(labels, [1, 7], 3);
  assertEquals(validation.filter((i) => labels[i] === 7), alone);
  // The images of two digits stand in the same order, and are not drawn alike.
  const places = (digit: number) =>
    splitNormal(labels, [digit], 3).validation.map((i) => (i - digit) / 10);
  assertNotEquals(places(1), places(7));
});

for (const classes of [[], [10], [-1], [1.5], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]) {
  Deno.test(`checkClasses() refuses [${classes}]`, () => {
    assertThrows(() => checkClasses(classes), RangeError);
  });
}

Deno.test("checkClasses() takes names and indices of any number of classes", () => {
  const classes = ["good", "crack", "fray"];
  assertEquals(checkClasses(["fray", 0], classes), [0, 2]);
  assertEquals(checkClasses(["good", 0], classes), [0]);
  for (const chosen of [["bent"], [3], [], ["good", 1, 2]]) {
    assertThrows(() => checkClasses(chosen, classes), RangeError);
  }
  const many = Array.from({ length: 47 }, (_, i) => `letter ${i}`);
  assertEquals(checkClasses([46], many), [46]);
});

Deno.test("splitNormal() splits by the names of the classes as by their indices", () => {
  const labels = [...Array(20).fill(0), 1, 2];
  const classes = ["good", "crack", "fray"];
  assertEquals(
    splitNormal(labels, ["good"], 5, classes),
    splitNormal(labels, [0], 5, classes),
  );
});

Deno.test("splitNormal() splits a class of any size", () => {
  const { training, validation } = splitNormal(new Uint8Array(200_000), [0], 0);
  assertEquals([training.length, validation.length], [180_000, 20_000]);
});
