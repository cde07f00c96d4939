import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { hog } from "../../../lib/metrics/similarity/hog.ts";
import { assertNear } from "../../assert.ts";
import scikitImage from "../../fixtures/hog.json" with { type: "json" };

/**
 * scikit-image sums the gradients of a cell in float32 and scales blocks in
 * float64. hog() rounds its sums in the same way, so only the last digits of
 * float64 may differ; float64 sums would be 2e-8 off.
 */
const TOLERANCE = 1e-13;

const numbers = (text: string) => text.split(" ").map(Number);

for (const { name, options, map, features } of scikitImage.cases) {
  Deno.test(`hog() equals scikit-image: ${name}`, () => {
    assertNear(hog(numbers(map), options), numbers(features), TOLERANCE);
  });
}

/** A map of 28×28 pixels from a function of column and row. */
const draw = (value: (x: number, y: number) => number) =>
  Array.from({ length: 784 }, (_, i) => value(i % 28, Math.floor(i / 28)));

/** The sum of all features of each of 9 orientations. */
function weights(map: number[]): number[] {
  const sums = new Array(9).fill(0);
  hog(map, { width: 28 }).forEach((value, i) => sums[i % 9] += value);
  return sums;
}

/** The orientations that have any weight. */
const used = (map: number[]) =>
  weights(map).flatMap((weight, bin) => weight > 0 ? [bin] : []);

Deno.test("hog() of a 28×28 map has 3·3 blocks of 2·2 cells of 9 orientations", () => {
  assertEquals(hog(draw((x) => x), { width: 28 }).length, 324);
});

Deno.test("hog() has cells of 7 pixels, blocks of 2 cells and 9 orientations by default", () => {
  const map = draw((x, y) => (x * y) % 5);
  assertEquals(
    hog(map, { width: 28 }),
    hog(map, { width: 28, orientations: 9, cell: 7, block: 2 }),
  );
});

Deno.test("hog() gives an edge that runs down the first orientation only", () => {
  assertEquals(used(draw((x) => x < 14 ? 0 : 1)), [0]);
});

Deno.test("hog() gives an edge that runs across the middle orientation only", () => {
  assertEquals(used(draw((_, y) => y < 14 ? 0 : 1)), [4]);
});

Deno.test("hog() does not tell an edge from its negative", () => {
  const edge = draw((x, y) => x + 2 * y < 40 ? 0 : 1);
  assertEquals(
    hog(edge.map((value) => 1 - value), { width: 28 }),
    hog(edge, { width: 28 }),
  );
});

Deno.test("hog() of a constant map is zero", () => {
  assertEquals(hog(draw(() => 0.4), { width: 28 }), new Float64Array(324));
});

Deno.test("hog() hardly changes with the map's scale", () => {
  const map = draw((x, y) => Math.sin(x * y));
  assertNear(
    hog(map.map((value) => 8 * value), { width: 28 }),
    hog(map, { width: 28 }),
    1e-6,
  );
});

Deno.test("hog() scales every block to length 1", () => {
  const features = hog(draw((x, y) => Math.sin(x * y)), { width: 28 });
  for (let start = 0; start < features.length; start += 36) {
    const block = features.subarray(start, start + 36);
    assertAlmostEquals(Math.hypot(...block), 1, 1e-6);
  }
});

Deno.test("hog() throws when the pixels are not whole rows", () => {
  assertThrows(
    () => hog(new Float64Array(783), { width: 28 }),
    RangeError,
    "783 pixels are not a multiple of its width 28",
  );
});

Deno.test("hog() throws when the map has fewer cells than one block", () => {
  for (const [length, width] of [[13 * 28, 28], [28 * 13, 13], [0, 28]]) {
    assertThrows(
      () => hog(new Float64Array(length), { width }),
      RangeError,
      "one block takes 14×14 pixels",
    );
  }
});

for (const value of [NaN, Infinity]) {
  Deno.test(`hog() throws when the map holds ${value}`, () => {
    const map = draw(() => 0);
    map[30] = value;
    assertThrows(
      () => hog(map, { width: 28 }),
      RangeError,
      `${value} at pixel 30`,
    );
  });
}

for (const name of ["width", "orientations", "cell", "block"]) {
  Deno.test(`hog() throws when ${name} is not a whole number from 1`, () => {
    for (const value of [0, -1, 1.5, NaN]) {
      assertThrows(
        () => hog(draw(() => 0), { width: 28, [name]: value }),
        RangeError,
        `${name} must be a whole number from 1; it is ${value}`,
      );
    }
  });
}

Deno.test("hog() drops a direction that rounding makes 180°, as scikit-image does", () => {
  // Two cells side by side. In the left one, pixel (2, 1) has the gradient 1 to
  // the right and 1e-18 up; nothing touches the right one.
  const map = new Float64Array(8 * 4);
  map[8 + 1] = -1;
  map[16 + 2] = -1e-18;
  const features = hog(map, { width: 8, cell: 4, block: 1 });
  assertEquals([...features.slice(9)], new Array(9).fill(0));
});

Deno.test("hog() names a value whose gradient is too large", () => {
  assertThrows(
    () => hog(draw(() => 0).with(30, 1e200), { width: 28 }),
    RangeError,
    "1e+200 at pixel 30",
  );
});
