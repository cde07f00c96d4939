import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertThrows,
} from "@std/assert";
import { pearson } from "../../../lib/metrics/similarity/pearson.ts";
import { randomStream, uniform } from "../../../lib/support/random.ts";
import fixture from "../../fixtures/similarity_skimage.json" with {
  type: "json",
};

for (const { name, a, b, pearson: expected } of fixture.cases) {
  Deno.test(`pearson() is SciPy's: ${name}`, () => {
    assertAlmostEquals(pearson(a, b), expected, 1e-12);
    assertAlmostEquals(pearson(b, a), expected, 1e-12);
  });
}

Deno.test("pearson() of a map with itself is 1, with its negative -1", () => {
  const map = [0.3, 0.1, 0.7, 0.2];
  assertEquals(pearson(map, map), 1);
  assertEquals(pearson(map, map.map((value) => -value)), -1);
});

Deno.test("pearson() of unrelated maps is 0", () => {
  assertAlmostEquals(pearson([1, 2, 1, 2], [1, 1, 2, 2]), 0);
});

Deno.test("pearson() takes no notice of mean and scale, even of 1e-200", () => {
  const { a, b, pearson: expected } = fixture.cases[0];
  const moved = a.map((value) => 5 + 3 * value);
  const tiny = b.map((value) => 1e-200 * value);
  assertAlmostEquals(pearson(moved, tiny), expected, 1e-12);
});

Deno.test("pearson() takes typed arrays and leaves them", () => {
  const map = Float32Array.of(1, 2, 4);
  assertEquals(pearson(map, map), 1);
  assertEquals([...map], [1, 2, 4]);
});

Deno.test("pearson() refuses maps of two sizes, or fewer than 2 pixels", () => {
  assertThrows(() => pearson([1, 2], [1]), RangeError, "2 and 1 pixels");
  assertThrows(() => pearson([1], [1]), RangeError, "at least 2 pixels");
  assertThrows(() => pearson([], []), RangeError, "at least 2 pixels");
});

for (const value of [NaN, Infinity, -Infinity]) {
  Deno.test(`pearson() refuses ${value} in either map`, () => {
    const text = `holds ${value} at pixel 1`;
    assertThrows(() => pearson([1, value], [1, 2]), RangeError, text);
    assertThrows(() => pearson([1, 2], [1, value]), RangeError, text);
  });
}

Deno.test("pearson() refuses a constant map, also one whose mean is rounded", () => {
  const constant = [0.1, 0.1, 0.1];
  assertThrows(() => pearson(constant, [1, 2, 3]), RangeError, "undefined");
  assertThrows(() => pearson([1, 2, 3], constant), RangeError, "is 0.1");
});

Deno.test("pearson() names a value too large to sum or subtract", () => {
  const text = "1e+308 at pixel 1";
  assertThrows(() => pearson([9e307, 1e308], [1, 2]), RangeError, text);
  assertThrows(() => pearson([1, 2], [9e307, 1e308]), RangeError, text);
});

Deno.test("pearson() is never beyond 1, where rounding would lead there", () => {
  const random = randomStream(0, "figure");
  for (let round = 0; round < 500; round++) {
    const map = Array.from({ length: 7 }, () => uniform(random, 0, 1));
    const line = map.map((value) => 3 * value + 1);
    assert(pearson(map, line) <= 1);
    assert(pearson(map, line.map((value) => -value)) >= -1);
  }
});
