import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertThrows,
} from "@std/assert";
import {
  pairedPermutationTest,
  permutationTest,
} from "../../lib/statistics/permutation.ts";
import { randomStream } from "../../lib/support/random.ts";
import scipy from "../fixtures/statistics.json" with { type: "json" };

const stream = (seed = 0) => randomStream(seed, "figure");

for (const { differences, p } of scipy.permutation) {
  Deno.test(`pairedPermutationTest() of ${differences.length} differences is SciPy's, exactly`, () => {
    assertEquals(pairedPermutationTest(differences), p);
  });
}

for (const { differences, p } of scipy.manyDifferences) {
  Deno.test(`pairedPermutationTest() of 18 differences comes near the exact p of ${p.toFixed(3)}`, () => {
    const resamples = 20_000;
    const random = stream();
    const actual = pairedPermutationTest(differences, { resamples, random });
    // Four standard deviations of a binomial share, and what the + 1 adds.
    const tolerance = 4 * Math.sqrt(p * (1 - p) / resamples) + 1 / resamples;
    assertAlmostEquals(actual, p, tolerance);
  });
}

Deno.test("pairedPermutationTest() takes sums that differ by rounding for equal, whatever their size", () => {
  // Two of the patterns of signs make 0, and round differently.
  const differences = [0.1, 0.2, 0.3, -0.4, -0.2];
  for (const scale of [1e-9, 1, 7e7, 1e8 / 3, 1e9 / 7]) {
    const scaled = differences.map((value) => value * scale);
    assertEquals(pairedPermutationTest(scaled), 1, `${scale}`);
  }
});

Deno.test("pairedPermutationTest() has no p below 2/2ⁿ or 1/(resamples + 1)", () => {
  assertEquals(pairedPermutationTest(new Array(16).fill(1)), 2 / 2 ** 16);
  assertEquals(
    pairedPermutationTest(new Array(40).fill(1), {
      resamples: 99,
      random: stream(),
    }),
    1 / 100,
  );
});

Deno.test("pairedPermutationTest() gives 1 when the mean is 0, rounded or not", () => {
  assertEquals(pairedPermutationTest([0, 0, 0]), 1);
  assertEquals(pairedPermutationTest([0.1, 0.2, -0.3]), 1);
  assertEquals(
    pairedPermutationTest(new Array(17).fill(0), {
      resamples: 9,
      random: stream(),
    }),
    1,
  );
});

Deno.test("pairedPermutationTest() counts ties that rounding would break", () => {
  // 0.1 + 0.2 − 0.3 is not quite 0, so its two signs give two sums.
  assertEquals(
    pairedPermutationTest([-0.1, -0.2, 0.3, 0.5]),
    pairedPermutationTest([-1, -2, 3, 5]),
  );
  assertEquals(
    pairedPermutationTest([0.1, 0.2, -0.3, 0.5]),
    pairedPermutationTest([1, 2, -3, 5]),
  );
});

Deno.test("pairedPermutationTest() does not care about sign, order or unit", () => {
  const { differences, p } = scipy.permutation[2];
  const changed = differences.toReversed().map((value) => -1000 * value);
  assertEquals(pairedPermutationTest(changed), p);
});

Deno.test("pairedPermutationTest() throws without random when there are 17 differences", () => {
  assertThrows(
    () => pairedPermutationTest(new Array(17).fill(1)),
    RangeError,
    "give random",
  );
});

Deno.test("pairedPermutationTest() takes 10,000 patterns by default", () => {
  // Of 40 equal differences, no random pattern has a sum as far from 0.
  const p = pairedPermutationTest(new Array(40).fill(1), { random: stream() });
  assertEquals(p, 1 / 10_001);
});

for (
  const [name, f] of Object.entries({
    "pairedPermutationTest()": (values: number[]) =>
      pairedPermutationTest(values),
  })
) {
  Deno.test(`${name} refuses no values and values that are not finite`, () => {
    assertThrows(() => f([]), RangeError, "needed; there are 0");
    assertThrows(() => f([0, NaN]), RangeError, "at 1 is NaN");
    assertThrows(() => f([Infinity, 0]), RangeError, "at 0 is Infinity");
  });
}

for (const resamples of [0, -5, 2.5, NaN]) {
  Deno.test(`pairedPermutationTest() refuses ${resamples} resamples`, () => {
    const options = { resamples, random: stream() };
    assertThrows(
      () => pairedPermutationTest(new Array(17).fill(1), options),
      RangeError,
      "resamples must be a whole number",
    );
  });
}

Deno.test("permutationTest() counts the ways to part the values that set the means as far apart", () => {
  const values = [3, 1, 4, 1, 5, 9, 2, 6];
  for (const size of [1, 3, 4, 7]) {
    const [a, b] = [values.slice(0, size), values.slice(size)];
    const mean = (v: number[]) => v.reduce((x, y) => x + y, 0) / v.length;
    const observed = Math.abs(mean(a) - mean(b));
    let [ways, extreme] = [0, 0];
    for (let bits = 0; bits < 2 ** values.length; bits++) {
      const parts = [0, 1].map((bit) =>
        values.filter((_, i) => (bits >> i & 1) === bit)
      );
      if (parts[1].length !== size) continue;
      ways++;
      if (Math.abs(mean(parts[0]) - mean(parts[1])) > observed - 1e-9) {
        extreme++;
      }
    }
    assertEquals(permutationTest(a, b), extreme / ways);
    assertEquals(permutationTest(b, a), extreme / ways);
  }
});

Deno.test("permutationTest() takes means that differ by rounding for equal, whatever their size", () => {
  for (const scale of [1e-9, 1, 1e9 / 7]) {
    const [a, b] = [[0.1, 0.2], [0.3, 0]]
      .map((group) => group.map((value) => value * scale));
    assertEquals(permutationTest(a, b), 1, `${scale}`);
  }
});

Deno.test("permutationTest() tries all ways of one value against very many", () => {
  const many = Float64Array.from({ length: 20_000 }, (_, i) => i);
  assertEquals(permutationTest([20_000], many), 2 / 20_001);
  assertEquals(permutationTest(many, [20_000]), 2 / 20_001);
});

Deno.test("permutationTest() refuses an empty group, NaN, and more ways than it can try without random", () => {
  assertThrows(() => permutationTest([], [1]), RangeError);
  assertThrows(() => permutationTest([1], [NaN]), RangeError);
  const many = Array<number>(15).fill(1);
  assertThrows(
    () => permutationTest(many, many),
    RangeError,
    "30 values have too many ways to part them in groups of 15 and 15",
  );
});

Deno.test("permutationTest() draws ways at random where there are too many, and repeats with its seed", () => {
  const random = () => randomStream(3, "figure");
  const low = Array.from({ length: 13 }, (_, i) => i);
  const mixed = low.map((value) => 2 * value);
  const p = permutationTest(low, mixed, { random: random() });
  assertEquals(permutationTest(low, mixed, { random: random() }), p);
  // Welch's t of these means has p = 0.016.
  assert(p > 0.01 && p < 0.03, `p = ${p}`);
  const apart = low.map((value) => value + 100);
  assertEquals(
    permutationTest(low, apart, { random: random(), resamples: 99 }),
    0.01,
  );
});
