import { assertEquals, assertThrows } from "@std/assert";
import { holm } from "../../lib/statistics/holm.ts";
import { randomStream, uniform } from "../../lib/support/random.ts";
import { assertNear } from "../assert.ts";
import scipy from "../fixtures/statistics.json" with { type: "json" };

const stream = (seed = 0) => randomStream(seed, "figure");

scipy.holm.forEach(({ p, adjusted }, i) => {
  Deno.test(`holm() adjusts as NumPy does, list ${i}`, () => {
    assertNear(holm(p), adjusted, 1e-15);
  });
});

Deno.test("holm() is the closed test with Bonferroni", () => {
  // The largest Bonferroni p of all sets of tests that hold the test.
  const p = [0.02, 0.3, 0.011, 0.02, 0.7, 0.013];
  const closed = p.map((_, test) => {
    let largest = 0;
    for (let set = 0; set < 2 ** p.length; set++) {
      const members = p.filter((_, i) => set >> i & 1);
      if ((set >> test & 1) === 0) continue;
      const bonferroni = Math.min(1, members.length * Math.min(...members));
      largest = Math.max(largest, bonferroni);
    }
    return largest;
  });
  assertNear(holm(p), closed, 1e-15);
});

Deno.test("holm() keeps the order of p, is never below it and never above 1", () => {
  const random = stream();
  const p = Array.from({ length: 50 }, () => uniform(random, 0, 1) ** 4);
  const adjusted = holm(p);
  const order = p.map((_, i) => i).sort((a, b) => p[a] - p[b]);
  assertEquals(Math.max(...adjusted), 1);
  order.forEach((test, rank) => {
    assertEquals(adjusted[test] >= p[test], true);
    if (rank > 0) {
      assertEquals(adjusted[test] >= adjusted[order[rank - 1]], true);
    }
  });
});

Deno.test("holm() of one p value is that value, and 0 and 1 stay", () => {
  assertEquals(holm([0.03]), [0.03]);
  assertEquals(holm([1, 0]), [1, 0]);
});

for (const p of [-0.01, 1.01]) {
  Deno.test(`holm() throws when a p value is ${p}`, () => {
    assertThrows(() => holm([0.5, p]), RangeError, `one is ${p}`);
  });
}

for (
  const [name, f] of Object.entries({
    "holm()": (values: number[]) => holm(values),
  })
) {
  Deno.test(`${name} refuses no values and values that are not finite`, () => {
    assertThrows(() => f([]), RangeError, "needed; there are 0");
    assertThrows(() => f([0, NaN]), RangeError, "at 1 is NaN");
    assertThrows(() => f([Infinity, 0]), RangeError, "at 0 is Infinity");
  });
}
