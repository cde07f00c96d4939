import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { cohensDz, rankBiserial } from "../../lib/statistics/effect_size.ts";
import scipy from "../fixtures/statistics.json" with { type: "json" };

Deno.test("cohensDz() changes sign with the differences and has no unit", () => {
  assertAlmostEquals(cohensDz([1, 2, 6]), -cohensDz([-10, -20, -60]), 1e-12);
});

Deno.test("cohensDz() without spread is infinite, or 0 when all are 0", () => {
  assertEquals(cohensDz([0.1, 0.1, 0.1]), Infinity);
  assertEquals(cohensDz([-2, -2]), -Infinity);
  assertEquals(cohensDz([0, 0]), 0);
});

Deno.test("rankBiserial() is the share of pairs above less the share below", () => {
  const { a, b } = scipy.groups;
  let sum = 0;
  for (const x of a) for (const y of b) sum += Math.sign(y - x);
  assertAlmostEquals(rankBiserial(a, b), sum / (a.length * b.length), 1e-12);
  assertAlmostEquals(rankBiserial(b, a), -rankBiserial(a, b), 1e-12);
  assertEquals(rankBiserial([1, 1], [1]), 0);
});

for (
  const [name, f] of Object.entries({
    "rankBiserial(), first group,": (values: number[]) =>
      rankBiserial(values, [1, 2]),
    "rankBiserial(), second group,": (values: number[]) =>
      rankBiserial([1, 2], values),
  })
) {
  Deno.test(`${name} refuses no values and values that are not finite`, () => {
    assertThrows(() => f([]), RangeError, "needed; there are 0");
    assertThrows(() => f([0, NaN]), RangeError, "at 1 is NaN");
    assertThrows(() => f([Infinity, 0]), RangeError, "at 0 is Infinity");
  });
}

for (
  const [name, f] of Object.entries({
    "cohensDz()": (values: number[]) => cohensDz(values),
  })
) {
  Deno.test(`${name} refuses no values and values that are not finite`, () => {
    assertThrows(() => f([]), RangeError, "needed; there are 0");
    assertThrows(() => f([0, NaN]), RangeError, "at 1 is NaN");
    assertThrows(() => f([Infinity, 0]), RangeError, "at 0 is Infinity");
    assertThrows(() => f([1]), RangeError, "at least 2 values are needed");
  });
}
