import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  averageRanks,
  spearman,
} from "../../../lib/metrics/similarity/spearman.ts";
import fixture from "../../fixtures/similarity_skimage.json" with {
  type: "json",
};

for (const { name, a, b, spearman: expected } of fixture.cases) {
  Deno.test(`spearman() is SciPy's: ${name}`, () => {
    assertAlmostEquals(spearman(a, b), expected, 1e-12);
    assertAlmostEquals(spearman(b, a), expected, 1e-12);
  });
}

Deno.test("averageRanks() are SciPy's, ties and all", () => {
  const { map, average } = fixture.ranks;
  assertEquals([...averageRanks(map)], average);
});

Deno.test("averageRanks() of a constant map are all the middle one", () => {
  assertEquals([...averageRanks([7, 7, 7, 7])], [2.5, 2.5, 2.5, 2.5]);
  assertEquals([...averageRanks([0, -0])], [1.5, 1.5]);
});

Deno.test("averageRanks() puts infinities at the ends and leaves the map", () => {
  const map = [Infinity, 1, -Infinity, Infinity];
  assertEquals([...averageRanks(map)], [3.5, 2, 1, 3.5]);
  assertEquals(map, [Infinity, 1, -Infinity, Infinity]);
});

Deno.test("averageRanks() of no pixels are none", () => {
  assertEquals([...averageRanks([])], []);
});

Deno.test("averageRanks() refuses NaN", () => {
  assertThrows(() => averageRanks([1, NaN]), RangeError, "NaN at pixel 1");
});

Deno.test("spearman() of the same order is 1, of the reverse -1", () => {
  const map = [0.3, -0.1, 0.7, 0.2];
  assertEquals(spearman(map, map), 1);
  assertEquals(spearman(map, map.map((value) => Math.exp(9 * value))), 1);
  assertEquals(spearman(map, map.map((value) => -value)), -1);
});

Deno.test("spearman() without ties is 1 - 6·Σd²/(n³ - n)", () => {
  // d = 0, 1, 2, 0, 3.
  assertAlmostEquals(
    spearman([1, 2, 3, 4, 5], [1, 9, 25, 16, 4]),
    1 - 6 * (0 + 1 + 4 + 0 + 9) / 120,
    1e-12,
  );
});

Deno.test("spearman() takes signed maps as they are", () => {
  const [a, b] = [[-3, 1, 2], [3, 1, 2]];
  assertAlmostEquals(spearman(a, b), -0.5, 1e-12);
  assertEquals(spearman(a.map(Math.abs), b), 1);
});

Deno.test("spearman() refuses maps of two sizes, or fewer than 2 pixels", () => {
  assertThrows(() => spearman([1, 2], [1]), RangeError, "2 and 1 pixels");
  assertThrows(() => spearman([1], [1]), RangeError, "at least 2 pixels");
});

for (const value of [NaN, Infinity]) {
  Deno.test(`spearman() refuses ${value} in either map`, () => {
    const text = `holds ${value} at pixel 1`;
    assertThrows(() => spearman([1, value], [1, 2]), RangeError, text);
    assertThrows(() => spearman([1, 2], [1, value]), RangeError, text);
  });
}

Deno.test("spearman() refuses a constant map", () => {
  assertThrows(() => spearman([5, 5], [1, 2]), RangeError, "undefined");
  assertThrows(() => spearman([1, 2], [5, 5]), RangeError, "undefined");
});

Deno.test("spearman() names the value of a constant map, not its rank", () => {
  assertThrows(() => spearman([5, 5], [1, 2]), RangeError, "every pixel is 5");
  assertThrows(() => spearman([1, 2], [7, 7]), RangeError, "every pixel is 7");
});
