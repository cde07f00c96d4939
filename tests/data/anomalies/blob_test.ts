import { assertAlmostEquals, assertEquals } from "@std/assert";
import { blob, discCover } from "../../../lib/data/anomalies/blob.ts";
import { anomalyStream } from "../../../lib/support/random.ts";
import { black } from "./shared.ts";

/** Mean column, mean row, and the area of a disc's pixels at its full light. */
function measure(image: Float32Array, width: number) {
  const most = Math.max(...image);
  const full = [...image.keys()].filter((i) => image[i] === most);
  const mean = (f: (i: number) => number) =>
    full.reduce((sum, i) => sum + f(i), 0) / full.length;
  return {
    most,
    area: full.length,
    x: mean((i) => i % width),
    y: mean((i) => Math.floor(i / width)),
  };
}

Deno.test("blob() has its contrast in the middle, and both within the ranges", () => {
  const random = anomalyStream(2);
  for (let i = 0; i < 200; i++) {
    const { image } = blob(black(), random);
    const { most, area, x, y } = measure(image, 28);
    assertEquals(most >= 0.5 && most < 1, true);
    const middle = Math.round(y) * 28 + Math.round(x);
    assertEquals(image[middle], most);
    // A disc covers about πr² pixel centres; Gauss's circle bound is generous.
    assertEquals(
      area >= 4 && area <= Math.PI * (3.5 + Math.SQRT1_2) ** 2,
      true,
    );
  }
});

Deno.test("blob() of radius 2 covers its disc and falls off as a Gaussian", () => {
  const cover = discCover({ x: 10, y: 12, radius: 2 });
  assertEquals([cover(10, 12), cover(12, 12), cover(10, 14)], [1, 1, 1]);
  assertAlmostEquals(cover(12.5, 12), Math.exp(-0.5), 1e-12);
  assertAlmostEquals(cover(10, 9), Math.exp(-2), 1e-12);
  assertAlmostEquals(
    cover(11 + 1, 12 + 2),
    Math.exp(-2 * (Math.SQRT2 * 2 - 2) ** 2),
    1e-12,
  );
});

Deno.test("blob() is added to the ink below, up to white", () => {
  const pixels = new Float32Array(400).fill(0.75);
  const { image } = blob({ pixels, width: 20 }, anomalyStream(0), {
    contrast: [0.5, 0.5],
  });
  assertEquals([Math.max(...image), Math.min(...image)], [1, 0.75]);
});

Deno.test("blob() lies wholly inside the picture where it has room", () => {
  const random = anomalyStream(0);
  for (let i = 0; i < 200; i++) {
    const { image } = blob(black(12, 30), random, { radius: [3, 3] });
    // 25 to 32 pixel centres lie in any disc of radius 3.
    const { area } = measure(image, 12);
    assertEquals(area >= 24 && area <= 32, true, `${area}`);
  }
});

Deno.test("blob() may lie anywhere in a picture that is wider than high", () => {
  const random = anomalyStream(4);
  const [width, height] = [40, 12];
  const places = Array.from({ length: 200 }, () => {
    const { image } = blob(black(width, height), random);
    return measure(image, width);
  });
  for (const [axis, length] of [["x", width], ["y", height]] as const) {
    const found = places.map((place) => place[axis]);
    const [low, high] = [Math.min(...found), Math.max(...found)];
    // The whole disc is inside, so its centre keeps a radius of 1.5 or more.
    assertEquals(low >= 1 && high <= length - 2, true, `${low} to ${high}`);
    assertEquals(low < 4 && high > length - 5, true, `${low} to ${high}`);
  }
});
