import {
  assertAlmostEquals,
  assertEquals,
  assertLess,
  assertThrows,
} from "@std/assert";
import { ssim } from "../../../lib/metrics/similarity/ssim.ts";
import fixture from "../../fixtures/similarity_skimage.json" with {
  type: "json",
};

for (const { name, width, a, b, ssim: values } of fixture.cases) {
  for (const { window, dataRange, value } of values) {
    Deno.test(`ssim() is scikit-image's: ${name}, window ${window}, range ${dataRange}`, () => {
      const options = { width, window, dataRange };
      assertAlmostEquals(ssim(a, b, options), value, 1e-12);
      assertAlmostEquals(ssim(b, a, options), value, 1e-12);
    });
  }
}

const { width, a, b } = fixture.cases[0];

Deno.test("ssim() has a window of 7 and a range of 1 unless told otherwise", () => {
  assertEquals(ssim(a, b, { width }), ssim(a, b, { width, window: 7 }));
  assertEquals(ssim(a, b, { width }), ssim(a, b, { width, dataRange: 1 }));
});

Deno.test("ssim() of a map with itself is 1", () => {
  assertEquals(ssim(a, a, { width }), 1);
  const zeros = new Float32Array(49);
  assertEquals(ssim(zeros, zeros, { width: 7 }), 1);
});

Deno.test("ssim() of a map of mean 0 and its negative is nearly -1", () => {
  // Large values, so that the constants C1 and C2 hardly count.
  const map = [1000, -1000, 1000, -1000, 0, -1000, 1000, -1000, 1000];
  const negative = map.map((value) => -value);
  assertAlmostEquals(ssim(map, negative, { width: 3, window: 3 }), -1, 1e-6);
});

Deno.test("ssim() stays when maps and range are scaled alike", () => {
  const times = (map: number[]) => map.map((value) => 255 * value);
  assertAlmostEquals(
    ssim(times(a), times(b), { width, dataRange: 255 }),
    ssim(a, b, { width }),
    1e-12,
  );
});

Deno.test("ssim() tells maps apart that are equal in 8 bits", () => {
  const eightBits = (map: number[]) =>
    map.map((value) => Math.round(255 * value));
  const levels = eightBits(a).map((level) => level / 255);
  const moved = levels.map((value, i) => value + 0.0015 * Math.sin(i));
  assertEquals(eightBits(moved), eightBits(levels));
  assertLess(ssim(levels, moved, { width }), 1 - 1e-6);
});

Deno.test("ssim() refuses maps of two sizes", () => {
  assertThrows(
    () => ssim(a, a.slice(28), { width }),
    RangeError,
    "784 and 756",
  );
});

for (const width of [27, 0, -28, 1.5, NaN]) {
  Deno.test(`ssim() refuses 784 pixels in rows of ${width}`, () => {
    assertThrows(() => ssim(a, b, { width }), RangeError, `width ${width}`);
  });
}

for (const window of [6, 1, 0, -3, 3.5, NaN]) {
  Deno.test(`ssim() refuses a window of ${window}`, () => {
    assertThrows(() => ssim(a, b, { width, window }), RangeError, "odd");
  });
}

Deno.test("ssim() refuses a window larger than the map in either direction", () => {
  const map = new Float64Array(6 * 9);
  assertThrows(() => ssim(map, map, { width: 6 }), RangeError, "map of 9×6");
  assertThrows(() => ssim(map, map, { width: 9 }), RangeError, "map of 6×9");
});

for (const dataRange of [0, -1, NaN, Infinity]) {
  Deno.test(`ssim() refuses the range ${dataRange}`, () => {
    assertThrows(() => ssim(a, b, { width, dataRange }), RangeError, "above 0");
  });
}

for (const value of [NaN, Infinity]) {
  Deno.test(`ssim() refuses ${value} in either map`, () => {
    const wrong = a.with(5, value);
    const text = `holds ${value} at pixel 5`;
    assertThrows(() => ssim(wrong, b, { width }), RangeError, text);
    assertThrows(() => ssim(b, wrong, { width }), RangeError, text);
  });
}

Deno.test("ssim() names a value too large to square", () => {
  assertThrows(
    () => ssim(a.with(5, -1e200), b, { width }),
    RangeError,
    "-1e+200 at pixel 5",
  );
});
