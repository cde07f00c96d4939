import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  agreement,
  agreementAtEveryK,
  bestMatch,
  chanceAgreement,
  mapMse,
  maximumDistance,
  topK,
} from "../../lib/metrics/metrics.ts";
import { auroc } from "../../lib/statistics/auroc.ts";
import { randomStream, uniform } from "../../lib/support/random.ts";

Deno.test("topK() gives the largest first and ties to the lower index", () => {
  assertEquals(topK([5, 9, 9, 1, 9], 4), [1, 2, 4, 0]);
});

Deno.test("topK() of a constant map gives the first K pixels", () => {
  assertEquals(topK([0, 0, 0, 0], 2), [0, 1]);
  assertEquals(topK([7, 7, 7, 7], 4), [0, 1, 2, 3]);
});

Deno.test("topK() with K = all gives every pixel", () => {
  assertEquals(topK([1, 3, 2], 3), [1, 2, 0]);
});

for (const k of [0, -1, 1.5, 4, NaN]) {
  Deno.test(`topK() throws when K is ${k} and the map has 3 pixels`, () => {
    assertThrows(() => topK([1, 2, 3], k), RangeError, "from 1 to 3");
  });
}

Deno.test("topK() throws when the map holds NaN", () => {
  assertThrows(() => topK([1, NaN, 3], 1), RangeError, "NaN at pixel 1");
});

/** The metrics as the paper words them, without any shortcut. */
const bruteForce = {
  topK: (map: ArrayLike<number>, k: number) =>
    Array.from(map, (value, pixel) => ({ value, pixel }))
      .sort((a, b) => b.value - a.value || a.pixel - b.pixel)
      .slice(0, k)
      .map(({ pixel }) => pixel),
  agreement: (a: number[], b: number[]) =>
    new Set(a).intersection(new Set(b)).size,
  maximumDistance: (a: number[], b: number[], width: number) => {
    const point = (
      pixel: number,
    ) => [pixel % width, (pixel - pixel % width) / width];
    return Math.max(
      ...a.map((p) =>
        Math.min(
          ...b.map((q) =>
            Math.hypot(point(p)[0] - point(q)[0], point(p)[1] - point(q)[1])
          ),
        )
      ),
    );
  },
  auroc: (normal: number[], novel: number[]) => {
    let wins = 0;
    for (const a of novel) {
      for (const b of normal) wins += a > b ? 1 : a === b ? 0.5 : 0;
    }
    return wins / (normal.length * novel.length);
  },
};

Deno.test("topK(), agreement() and maximumDistance() equal brute force on 500 random maps with ties", () => {
  const random = randomStream(3, "order");
  for (let round = 0; round < 500; round++) {
    const width = 1 + Math.floor(uniform(random, 0, 9));
    const pixels = width * (1 + Math.floor(uniform(random, 0, 9)));
    // Few levels, so that ties are the rule.
    const levels = [2, 5, 1e9][round % 3];
    const map = () =>
      Array.from(
        { length: pixels },
        () => Math.floor(uniform(random, 0, levels)),
      );
    const [first, second] = [map(), map()];
    const k = 1 + Math.floor(uniform(random, 0, pixels));
    const [a, b] = [topK(first, k), topK(second, k)];
    assertEquals(a, bruteForce.topK(first, k));
    assertEquals(agreement(a, b), bruteForce.agreement(a, b));
    assertAlmostEquals(
      maximumDistance(a, b, width),
      bruteForce.maximumDistance(a, b, width),
      1e-12,
    );
  }
});

Deno.test("equal maps agree on all K pixels, at distance 0", () => {
  const top = topK([3, 1, 2, 5], 2);
  assertEquals(agreement(top, top), 2);
  assertEquals(maximumDistance(top, top, 2), 0);
});

Deno.test("disjoint maps agree on none; corners of 28×28 are 27·√2 apart", () => {
  assertEquals(agreement([0], [783]), 0);
  assertAlmostEquals(maximumDistance([0], [783], 28), 27 * Math.SQRT2);
});

Deno.test("maximumDistance() asks the reference set's pixels for matches, not the other's", () => {
  // Every reference pixel has a match at 0; pixel 20 of the other set has none.
  assertEquals(maximumDistance([0, 1], [0, 1, 20], 28), 0);
  assertEquals(maximumDistance([0, 1, 20], [0, 1], 28), 19);
});

Deno.test("maximumDistance() throws when a set is empty", () => {
  assertThrows(() => maximumDistance([1], [], 28), RangeError, "empty");
});

Deno.test("bestMatch() gives the first of equally near pixels", () => {
  assertEquals(bestMatch(5, [6, 4], 28), 6);
});

Deno.test("random maps agree on K²/pixels on average", () => {
  const random = randomStream(4, "order");
  const rounds = 4000;
  let sum = 0;
  for (let round = 0; round < rounds; round++) {
    const map = () => Array.from({ length: 100 }, () => uniform(random, 0, 1));
    sum += agreement(topK(map(), 10), topK(map(), 10));
  }
  // The standard error of the mean is about 0.015.
  assertAlmostEquals(sum / rounds, chanceAgreement(10, 100), 0.06);
});

Deno.test("mapMse() scales each map by its own maximum", () => {
  assertEquals(mapMse([10, 5], [1, 0.5]).saliency, 0);
  assertEquals(mapMse([2, 0], [0, 3]).saliency, 1);
});

Deno.test("mapMse() squares the saliency map after scaling, not before", () => {
  assertEquals(mapMse([2, 1], [4, 1]).squaredSaliency, 0);
});

Deno.test("mapMse() takes a map of zeros as zeros", () => {
  assertEquals(mapMse([0, 0], [0, 0]).saliency, 0);
  assertEquals(mapMse([0, 0], [2, 1]).squaredSaliency, (1 + 0.25) / 2);
});

Deno.test("mapMse() throws when the maps differ in size", () => {
  assertThrows(() => mapMse([1], [1, 2]), RangeError, "1 and 2 pixels");
});

Deno.test("auroc() equals brute force with ties", () => {
  const random = randomStream(6, "order");
  for (let round = 0; round < 50; round++) {
    const scores = (length: number) =>
      Array.from({ length }, () => Math.floor(uniform(random, 0, 8)));
    const [normal, novel] = [scores(17), scores(23)];
    assertAlmostEquals(
      auroc(normal, novel),
      bruteForce.auroc(normal, novel),
      1e-12,
    );
  }
});

Deno.test("auroc() is 1 when every novel score is higher, 0.5 when all are equal", () => {
  assertEquals(auroc([1, 2], [3]), 1);
  assertEquals(auroc([1, 1], [1]), 0.5);
});

Deno.test("auroc() throws when a group is empty or a score is NaN", () => {
  assertThrows(() => auroc([], [1]), RangeError, "some of each");
  assertThrows(() => auroc([1], [NaN]), RangeError, "NaN");
});

Deno.test("agreementAtEveryK() is agreement() of topK() at each K, ties and all", () => {
  const random = randomStream(5, "order");
  const map = () =>
    Float32Array.from({ length: 35 }, () => Math.round(uniform(random, 0, 9)));
  const [a, b] = [map(), map()];
  const expected = Array.from(
    a,
    (_, i) => agreement(topK(a, i + 1), topK(b, i + 1)),
  );
  assertEquals([...agreementAtEveryK(a, b)], expected);
});

Deno.test("agreementAtEveryK() refuses maps of two sizes, and NaN", () => {
  assertThrows(() => agreementAtEveryK([1, 2], [1]), RangeError, "2 and 1");
  assertThrows(() => agreementAtEveryK([1, NaN], [1, 2]), RangeError, "NaN");
});
