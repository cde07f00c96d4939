import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  bestMatch,
  chanceDistance,
  maximumDistance,
} from "../../lib/metrics/best_match.ts";
import { randomStream, uniform } from "../../lib/support/random.ts";

/** The metric as the paper words it, without any shortcut. */
function slowMaximumDistance(a: number[], b: number[], width: number): number {
  const point = (pixel: number) => [pixel % width, Math.floor(pixel / width)];
  const distance = (p: number, q: number) =>
    Math.sqrt(
      (point(p)[0] - point(q)[0]) ** 2 + (point(p)[1] - point(q)[1]) ** 2,
    );
  return Math.max(
    ...a.map((p) => Math.min(...b.map((q) => distance(p, q)))),
  );
}

Deno.test("chanceDistance() comes near the mean over all pairs of sets", () => {
  const [width, height, k] = [3, 2, 2];
  const sets = Array.from({ length: 6 }, (_, a) => a)
    .flatMap((a) => [0, 1, 2, 3, 4, 5].filter((b) => b > a).map((b) => [a, b]));
  const all = sets.flatMap((a) =>
    sets.map((b) => slowMaximumDistance(a, b, width))
  );
  const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
  const random = () => randomStream(5, "figure");
  const drawn = chanceDistance(k, { width, height }, { random: random() });
  // Four standard errors.
  assertAlmostEquals(drawn, mean, 0.05);
  assertEquals(
    chanceDistance(k, { width, height }, { random: random() }),
    drawn,
  );
  const everyPixel = chanceDistance(6, { width, height }, { random: random() });
  assertEquals(everyPixel, 0);
});

Deno.test("chanceDistance() refuses more pixels than there are, and none", () => {
  const random = randomStream(0, "figure");
  const refused: [number, number, string][] = [
    [7, 1, "6 pixels have no 7 different ones"],
    [0, 1, "k must be"],
    [1.5, 1, "k must be"],
    [1, 0, "draws must be"],
  ];
  for (const [k, draws, message] of refused) {
    assertThrows(
      () => chanceDistance(k, { width: 3, height: 2 }, { random, draws }),
      RangeError,
      message,
    );
  }
});

Deno.test("maximumDistance() equals brute force on random sets, small and large", () => {
  const random = randomStream(3, "order");
  for (let round = 0; round < 600; round++) {
    const width = 1 + Math.floor(uniform(random, 0, 23));
    const pixels = width * (1 + Math.floor(uniform(random, 0, 23)));
    // Sets from a part of the map only are far apart.
    const set = () => {
      const size = 1 + Math.floor(uniform(random, 0, pixels / 3));
      const start = Math.floor(uniform(random, 0, pixels));
      const all = Array.from(
        { length: size },
        () => Math.floor(uniform(random, start, pixels)),
      );
      return [...new Set(all)];
    };
    const [a, b] = [set(), set()];
    assertEquals(
      maximumDistance(a, b, width),
      slowMaximumDistance(a, b, width),
    );
  }
});

Deno.test("maximumDistance() asks the reference set's pixels for matches, not the other's", () => {
  // Every reference pixel has a match at 0; pixel 20 of the other set has none.
  assertEquals(maximumDistance([0, 1], [0, 1, 20], 28), 0);
  assertEquals(maximumDistance([0, 1, 20], [0, 1], 28), 19);
});

Deno.test("maximumDistance() throws when either set is empty", () => {
  assertThrows(() => maximumDistance([1], [], 28), RangeError, "empty");
  assertThrows(() => maximumDistance([], [1], 28), RangeError, "empty");
});

for (const pixel of [-1, 0.5, NaN, Infinity]) {
  Deno.test(`maximumDistance() refuses the pixel index ${pixel}`, () => {
    const text = `at 1 is ${pixel}`;
    assertThrows(() => maximumDistance([1, pixel], [2], 28), RangeError, text);
    assertThrows(() => maximumDistance([2], [1, pixel], 28), RangeError, text);
  });
}

for (const width of [0, -28, 1.5, NaN]) {
  Deno.test(`maximumDistance() refuses the width ${width}`, () => {
    assertThrows(
      () => maximumDistance([1], [2], width),
      RangeError,
      `${width}`,
    );
  });
}

Deno.test("maximumDistance() of corners of 28×28 is 27·√2, of equal sets 0", () => {
  assertAlmostEquals(maximumDistance([0], [783], 28), 27 * Math.SQRT2);
  assertEquals(maximumDistance([3, 0], [0, 3], 2), 0);
});

Deno.test("bestMatch() gives the first of equally near pixels", () => {
  assertEquals(bestMatch(5, [6, 4], 28), 6);
});

Deno.test("bestMatch() throws when there is no candidate", () => {
  assertThrows(() => bestMatch(5, [], 28), RangeError, "empty");
});
