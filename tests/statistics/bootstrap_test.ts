import {
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertThrows,
} from "@std/assert";
import {
  bootstrapGroupsInterval,
  bootstrapInterval,
} from "../../lib/statistics/bootstrap.ts";
import { cohensDz, rankBiserial } from "../../lib/statistics/effect_size.ts";
import { mean } from "../../lib/statistics/mean.ts";
import type { Values } from "../../lib/statistics/values.ts";
import { randomStream, uniform } from "../../lib/support/random.ts";
import scipy from "../fixtures/statistics.json" with { type: "json" };

const stream = (seed = 0) => randomStream(seed, "figure");

/** Median that leaves its list as it is. */
const median = (values: Values) =>
  Array.from(values).sort((a, b) => a - b)[Math.floor(values.length / 2)];

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

Deno.test("bootstrapInterval() takes 10,000 resamples at level 0.95 by default", () => {
  let calls = 0;
  const place = () => ++calls;
  const interval = bootstrapInterval([1, 2], place, { random: stream() });
  assertEquals(calls, 10_000);
  assertEquals(interval, { low: 250, high: 9751 });
});

for (
  const [name, f] of Object.entries({
    "bootstrapInterval()": (values: number[]) =>
      bootstrapInterval(values, mean, { random: stream() }),
    "bootstrapGroupsInterval(), first group,": (values: number[]) =>
      bootstrapGroupsInterval(values, [1, 2], rankBiserial, {
        random: stream(),
      }),
    "bootstrapGroupsInterval(), second group,": (values: number[]) =>
      bootstrapGroupsInterval([1, 2], values, rankBiserial, {
        random: stream(),
      }),
  })
) {
  Deno.test(`${name} refuses no values and values that are not finite`, () => {
    assertThrows(() => f([]), RangeError, "needed; there are 0");
    assertThrows(() => f([0, NaN]), RangeError, "at 1 is NaN");
    assertThrows(() => f([Infinity, 0]), RangeError, "at 0 is Infinity");
    assertThrows(() => f([1]), RangeError, "at least 2 values are needed");
  });
}

for (const resamples of [0, -5, 2.5, NaN]) {
  Deno.test(`bootstrapInterval() refuses ${resamples} resamples`, () => {
    const options = { resamples, random: stream() };
    assertThrows(
      () => bootstrapInterval([1, 2], mean, options),
      RangeError,
      "resamples must be a whole number",
    );
  });
}
