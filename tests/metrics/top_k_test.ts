import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  agreement,
  agreementAtEveryK,
  chanceAgreement,
  topK,
} from "../../lib/metrics/top_k.ts";
import { mapMse } from "../../lib/metrics/map_mse.ts";
import { tf } from "../../lib/tensor/tensorflow.ts";
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

/** The metric as the paper words it, without any shortcut. */
const sortedTopK = (map: ArrayLike<number>, k: number) =>
  Array.from(map, (value, pixel) => ({ value, pixel }))
    .sort((a, b) => b.value - a.value || a.pixel - b.pixel)
    .slice(0, k)
    .map(({ pixel }) => pixel);

/** 600 pairs of maps of up to 23 × 23 pixels; few levels make ties the rule. */
function* randomPairs() {
  const random = randomStream(3, "order");
  for (let round = 0; round < 600; round++) {
    const side = () => 1 + Math.floor(uniform(random, 0, 23));
    const pixels = side() * side();
    const levels = [1, 2, 5, 1e9][round % 4];
    const map = () =>
      Float32Array.from(
        { length: pixels },
        () => Math.floor(uniform(random, 0, levels)) - levels / 2,
      );
    // Small and large K: the two ways to find them.
    const largest = round % 3 === 0 ? pixels : Math.min(pixels, 12);
    const k = 1 + Math.floor(uniform(random, 0, largest));
    yield { a: map(), b: map(), k };
  }
}

Deno.test("topK() and agreement() equal brute force on random maps with ties", () => {
  for (const { a, b, k } of randomPairs()) {
    const [topA, topB] = [sortedTopK(a, k), sortedTopK(b, k)];
    assertEquals(topK(a, k), topA);
    assertEquals(topK(b, k), topB);
    assertEquals(
      agreement(topA, topB),
      new Set(topA).intersection(new Set(topB)).size,
    );
  }
});

Deno.test("topK() takes 0 and -0 as equal, and infinities as the ends", () => {
  const map = [-0, 0, -Infinity, -0, 0, Infinity, 0];
  for (let k = 1; k <= map.length; k++) {
    assertEquals(topK(map, k), [5, 0, 1, 3, 4, 6, 2].slice(0, k));
  }
});

Deno.test("topK() refuses NaN wherever it is, for every K", () => {
  for (let pixel = 0; pixel < 9; pixel++) {
    const map = Array.from({ length: 9 }, (_, i) => i === pixel ? NaN : -i);
    for (let k = 1; k <= 9; k++) {
      assertThrows(() => topK(map, k), RangeError, `NaN at pixel ${pixel}`);
    }
  }
});

Deno.test("agreement() of equal sets is K, of disjoint sets 0", () => {
  assertEquals(agreement([3, 1], [1, 3]), 2);
  assertEquals(agreement([0], [783]), 0);
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

Deno.test("agreementAtEveryK() refuses maps of two sizes, empty ones, and NaN", () => {
  assertThrows(() => agreementAtEveryK([1, 2], [1]), RangeError, "2 and 1");
  assertThrows(() => agreementAtEveryK([], []), RangeError, "empty");
  assertThrows(() => agreementAtEveryK([1, NaN], [1, 2]), RangeError, "NaN");
});

Deno.test("topK() gives up the last of equal pixels when a brighter one comes", () => {
  const lines: [number[], number[]][] = [
    [[5, 5, 6], [2, 0]],
    [[5, 7, 5, 5, 6, 8], [5, 1, 4, 0]],
  ];
  // Of few pixels and of many, which are found in another way.
  for (const dark of [0, 16]) {
    for (const [pixels, best] of lines) {
      const map = [...pixels, ...Array(dark).fill(0)];
      assertEquals(topK(map, best.length), best);
    }
  }
});

Deno.test("topK() and other measures refuse a tensor, and rows of pixels", () => {
  const tensor = tf.ones([28, 28]);
  for (const map of [tensor, tensor.arraySync()] as never[]) {
    assertThrows(() => topK(map, 10), TypeError, "give dataSync()");
    assertThrows(() => mapMse(map, map), TypeError, "give dataSync()");
    assertThrows(() => agreementAtEveryK(map, map), TypeError, "dataSync()");
  }
  tensor.dispose();
});

Deno.test("agreement() refuses sets of other sizes, and maps in place of pixel indices", () => {
  const bad: [number[], number[]][] = [
    [[1, 2], [1]],
    [[0.5, 1], [1, 2]],
    [[1, 2], [-1, 2]],
  ];
  for (const [a, b] of bad) {
    assertThrows(() => agreement(a, b), RangeError, "as topK() gives them");
  }
});
