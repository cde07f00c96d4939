import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { loadMnist } from "../../lib/data/mnist.ts";
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

for (const classes of [[], [10], [-1], [1.5], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]) {
  Deno.test(`checkClasses() refuses [${classes}]`, () => {
    assertThrows(() => checkClasses(classes), RangeError);
  });
}
