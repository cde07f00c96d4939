import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { auroc } from "../../lib/statistics/auroc.ts";
import { randomStream, uniform } from "../../lib/support/random.ts";

/** Every pair of a normal and a novel score. */
function slowAuroc(normal: number[], novel: number[]): number {
  let wins = 0;
  for (const a of novel) {
    for (const b of normal) wins += a > b ? 1 : a === b ? 0.5 : 0;
  }
  return wins / (normal.length * novel.length);
}

Deno.test("auroc() equals brute force with ties", () => {
  const random = randomStream(6, "order");
  for (let round = 0; round < 50; round++) {
    const scores = (length: number) =>
      Array.from({ length }, () => Math.floor(uniform(random, 0, 8)));
    const [normal, novel] = [scores(17), scores(23)];
    assertAlmostEquals(
      auroc(normal, novel),
      slowAuroc(normal, novel),
      1e-12,
    );
  }
});

Deno.test("auroc() is 1 when every novel score is higher, 0.5 when all are equal", () => {
  assertEquals(auroc([1, 2], [3]), 1);
  assertEquals(auroc([1, 1], [1]), 0.5);
});

Deno.test("auroc() throws when a group is empty, and names the image of a NaN", () => {
  assertThrows(() => auroc([], [1]), RangeError, "some of each");
  assertThrows(() => auroc([1], []), RangeError, "some of each");
  assertThrows(() => auroc([1], [2, NaN]), RangeError, "novel image 1 is NaN");
  assertThrows(() => auroc([NaN], [2]), RangeError, "normal image 0 is NaN");
});

Deno.test("auroc() takes infinite scores as the ends", () => {
  assertEquals(auroc([-Infinity, 1], [Infinity]), 1);
});
