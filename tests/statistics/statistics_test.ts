import {
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertThrows,
} from "@std/assert";
import { randomStream, uniform } from "../../lib/support/random.ts";
import {
  bootstrapGroupsInterval,
  bootstrapInterval,
  cohensDz,
  holm,
  mean,
  pairedPermutationTest,
  rankBiserial,
  type Values,
} from "../../lib/statistics/statistics.ts";
import { assertNear } from "../assert.ts";
import scipy from "../fixtures/statistics.json" with { type: "json" };

const stream = (seed = 0) => randomStream(seed, "figure");

/** Median that leaves its list as it is. */
const median = (values: Values) =>
  Array.from(values).sort((a, b) => a - b)[Math.floor(values.length / 2)];

Deno.test("mean() is the sum divided by the count", () => {
  assertEquals(mean([-1, 0, 4]), 1);
  assertEquals(mean(new Float32Array([0.5])), 0.5);
});

/**
 * An end of a 95% or 80% interval from 10,000 resamples has a standard error of
 * 0.027 or 0.017 bootstrap standard errors where the distribution is about
 * normal: √(q(1−q)/B)/φ(z_q). SciPy's own, from 1,000,000 or 100,000 resamples,
 * is smaller. 0.15 is more than four of ours, with room for skewness.
 */
const MONTE_CARLO = 0.15;

function assertLikeScipy(
  actual: { low: number; high: number },
  expected: { low: number; high: number; standardError: number },
) {
  const tolerance = MONTE_CARLO * expected.standardError;
  assertAlmostEquals(actual.low, expected.low, tolerance);
  assertAlmostEquals(actual.high, expected.high, tolerance);
}

for (const expected of scipy.mean) {
  Deno.test(`bootstrapInterval() of the mean is SciPy's at level ${expected.level}`, () => {
    assertAlmostEquals(mean(scipy.values), expected.value, 1e-12);
    const { level } = expected;
    const options = { level, random: stream() };
    assertLikeScipy(bootstrapInterval(scipy.values, mean, options), expected);
  });
}

for (const expected of scipy.cohensDz) {
  Deno.test("cohensDz() and its interval are SciPy's", () => {
    assertAlmostEquals(cohensDz(scipy.values), expected.value, 1e-12);
    assertLikeScipy(
      bootstrapInterval(scipy.values, cohensDz, { random: stream() }),
      expected,
    );
  });
}

for (const expected of scipy.rankBiserial) {
  Deno.test("rankBiserial() and its interval are SciPy's, with ties", () => {
    const { a, b } = scipy.groups;
    assertAlmostEquals(rankBiserial(a, b), expected.value, 1e-12);
    assertLikeScipy(
      bootstrapGroupsInterval(a, b, rankBiserial, { random: stream() }),
      expected,
    );
  });
}

Deno.test("bootstrapInterval() without a statistic is that of the mean", () => {
  assertEquals(
    bootstrapInterval([1, 5, 6], undefined, { random: stream() }),
    bootstrapInterval([1, 5, 6], mean, { random: stream() }),
  );
});

Deno.test("bootstrapInterval() of the median ends where all resamples together say", () => {
  // Each of the 5⁵ resamples once.
  const values = [3, 1, 4, 15, 9];
  const all = Array.from({ length: 5 ** 5 }, (_, resample) =>
    median(
      values.map((_, digit) => values[Math.floor(resample / 5 ** digit) % 5]),
    )).sort((a, b) => a - b);
  const options = { level: 0.8, random: stream() };
  assertEquals(bootstrapInterval(values, median, options), {
    low: all[Math.floor(all.length * 0.1)],
    high: all[Math.floor(all.length * 0.9)],
  });
});

Deno.test("bootstrapInterval() takes the k-th smallest and k-th largest statistic", () => {
  // Stands in for a statistic: 1 to 999, so that a value is its own place.
  const counter = () => {
    let calls = 0;
    return () => ++calls;
  };
  const interval = (level: number) =>
    bootstrapInterval([1, 2], counter(), {
      level,
      resamples: 999,
      random: stream(),
    });
  assertEquals(interval(0.9), { low: 50, high: 950 });
  assertEquals(interval(0.95), { low: 25, high: 975 });
  assertEquals(interval(0.998), { low: 1, high: 999 });
});

Deno.test("bootstrapInterval() repeats with the same random numbers and leaves the values", () => {
  const values = Float32Array.of(0.25, 1, 7, 2);
  const run = (seed: number) =>
    bootstrapInterval(values, mean, { resamples: 500, random: stream(seed) });
  assertEquals(run(3), run(3));
  assertEquals([...values], [0.25, 1, 7, 2]);
});

Deno.test("bootstrapInterval() of values that are all the same is that value", () => {
  assertEquals(
    bootstrapInterval([0.25, 0.25], mean, { random: stream() }),
    { low: 0.25, high: 0.25 },
  );
});

Deno.test("bootstrapInterval() of cohensDz() has no end where a few resamples have no spread", () => {
  // A ninth of the resamples of three values hold one value only.
  assertEquals(
    bootstrapInterval([1, 2, 3], cohensDz, { random: stream() }).high,
    Infinity,
  );
});

Deno.test("bootstrapInterval() covers the true mean about as often as its level says", () => {
  const data = stream(1);
  const random = stream(2);
  let covered = 0;
  for (let i = 0; i < 300; i++) {
    const values = Array.from({ length: 40 }, () => uniform(data, -1, 1));
    const { low, high } = bootstrapInterval(values, mean, {
      level: 0.9,
      resamples: 199,
      random,
    });
    if (low <= 0 && 0 <= high) covered++;
  }
  // Four standard deviations of a binomial share of mean 0.9.
  assertAlmostEquals(covered / 300, 0.9, 0.07);
});

Deno.test("bootstrapGroupsInterval() draws each group by itself", () => {
  const sizes = new Set<string>();
  const inside = new Set<boolean>();
  bootstrapGroupsInterval([1, 2], [5, 6, 7], (a, b) => {
    sizes.add(`${a.length} ${b.length}`);
    inside.add(Math.max(...Array.from(a)) < Math.min(...Array.from(b)));
    return 0;
  }, { resamples: 100, random: stream() });
  assertEquals([...sizes], ["2 3"]);
  assertEquals([...inside], [true]);
});

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

const functions: Record<string, (values: number[]) => unknown> = {
  mean,
  bootstrapInterval: (values) =>
    bootstrapInterval(values, mean, { random: stream() }),
  "bootstrapGroupsInterval, first group,": (values) =>
    bootstrapGroupsInterval(values, [1, 2], rankBiserial, { random: stream() }),
  "bootstrapGroupsInterval, second group,": (values) =>
    bootstrapGroupsInterval([1, 2], values, rankBiserial, { random: stream() }),
  pairedPermutationTest,
  cohensDz,
  "rankBiserial, first group,": (values) => rankBiserial(values, [1, 2]),
  "rankBiserial, second group,": (values) => rankBiserial([1, 2], values),
  holm,
};

for (const [name, f] of Object.entries(functions)) {
  Deno.test(`${name} throws when there is no value or one is not finite`, () => {
    assertThrows(() => f([]), RangeError, "needed; there are 0");
    assertThrows(() => f([0, NaN]), RangeError, "at 1 is NaN");
    assertThrows(() => f([Infinity, 0]), RangeError, "at 0 is Infinity");
  });
}

for (const [name, f] of Object.entries(functions)) {
  if (!/^(bootstrap|cohens)/.test(name)) continue;
  Deno.test(`${name} throws when there is only one value`, () => {
    assertThrows(() => f([1]), RangeError, "at least 2 values are needed");
  });
}

for (const level of [0, 1, 95, NaN]) {
  Deno.test(`bootstrapInterval() throws when the level is ${level}`, () => {
    const options = { level, random: stream() };
    assertThrows(
      () => bootstrapInterval([1, 2], mean, options),
      RangeError,
      "the level must be between 0 and 1",
    );
  });
}

for (const resamples of [0, -5, 2.5, NaN]) {
  Deno.test(`resamples of ${resamples} are refused`, () => {
    const options = { resamples, random: stream() };
    const message = "resamples must be a whole number";
    assertThrows(
      () => bootstrapInterval([1, 2], mean, options),
      RangeError,
      message,
    );
    assertThrows(
      () => pairedPermutationTest(new Array(17).fill(1), options),
      RangeError,
      message,
    );
  });
}

Deno.test("bootstrapInterval() throws when the resamples are too few for the level", () => {
  const run = (resamples: number) =>
    bootstrapInterval([1, 2], mean, { resamples, random: stream() });
  assertThrows(() => run(38), RangeError, "38 resamples are too few");
  assertLess(run(39).low, run(39).high);
});

Deno.test("bootstrapInterval() throws when the statistic is NaN", () => {
  assertThrows(
    () => bootstrapInterval([1, 2], () => NaN, { random: stream() }),
    RangeError,
    "the statistic is NaN",
  );
});

Deno.test("pairedPermutationTest() throws without random when there are 17 differences", () => {
  assertThrows(
    () => pairedPermutationTest(new Array(17).fill(1)),
    RangeError,
    "give random",
  );
});

for (const p of [-0.01, 1.01]) {
  Deno.test(`holm() throws when a p value is ${p}`, () => {
    assertThrows(() => holm([0.5, p]), RangeError, `one is ${p}`);
  });
}
