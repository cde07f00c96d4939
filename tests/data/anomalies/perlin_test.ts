import { assertAlmostEquals, assertEquals } from "@std/assert";
import { perlin, perlinNoise } from "../../../lib/data/anomalies/perlin.ts";
import { anomalyStream, uniform } from "../../../lib/support/random.ts";
import { black, ring } from "./shared.ts";

Deno.test("perlinNoise() is 0 at lattice points, with slope √2 (unit gradients)", () => {
  const noise = perlinNoise(anomalyStream(0), 5, 4);
  const step = 1e-5;
  for (let y = 0; y < 4; y++) {
    for (let x = 0; x < 5; x++) {
      assertAlmostEquals(noise(x, y), 0, 1e-12);
      const slope = Math.hypot(noise(x + step, y), noise(x, y + step)) / step;
      assertAlmostEquals(slope, Math.SQRT2, 1e-6);
    }
  }
});

Deno.test("perlinNoise() follows the formula between its lattice points", () => {
  // The gradients of one cell, drawn as the function draws them.
  const random = anomalyStream(4);
  const [a, b, c, d] = Array.from({ length: 4 }, () => {
    const angle = uniform(random, 0, 2 * Math.PI);
    return [Math.cos(angle), Math.sin(angle)];
  });
  const noise = perlinNoise(anomalyStream(4), 1, 1);
  // In the middle all four corners weigh the same.
  const middle = (a[0] + a[1] - b[0] + b[1] + c[0] - c[1] - d[0] - d[1]) / 8;
  assertAlmostEquals(noise(0.5, 0.5), Math.SQRT2 * middle, 1e-12);
  // On the upper edge at ¼ the right corner weighs 6/4⁵ − 15/4⁴ + 10/4³.
  const weight = 6 / 1024 - 15 / 256 + 10 / 64;
  const edge = (1 - weight) * a[0] * 0.25 - weight * b[0] * 0.75;
  assertAlmostEquals(noise(0.25, 0), Math.SQRT2 * edge, 1e-12);
});

Deno.test("perlinNoise() is smooth across cells and stays within ±1", () => {
  const noise = perlinNoise(anomalyStream(1), 20, 20);
  let most = 0;
  for (let y = 0; y < 20; y += 0.13) {
    for (let x = 0; x < 19.9; x += 0.11) {
      most = Math.max(most, Math.abs(noise(x, y)));
    }
    for (let x = 1; x < 20; x++) {
      assertAlmostEquals(noise(x - 1e-9, y), noise(x, y), 1e-7);
    }
  }
  assertEquals(most > 0.7 && most <= 1, true);
});

Deno.test("perlin() blends as far as its contrast says", () => {
  const weak = perlin(black(), anomalyStream(0), { contrast: [0.5, 0.5] });
  assertEquals(Math.max(...weak.image) <= 0.5, true);
  const white = { pixels: new Float32Array(784).fill(1), width: 28 };
  const { image } = perlin(white, anomalyStream(0), { contrast: [0.5, 0.5] });
  assertEquals(Math.min(...image) >= 0.5, true);
});

Deno.test("perlin() gives all channels of a gray picture the same", () => {
  const gray = ring(20, 24);
  const pixels = Float32Array.from(
    { length: 3 * gray.pixels.length },
    (_, i) => gray.pixels[Math.floor(i / 3)],
  );
  const one = perlin(gray, anomalyStream(8));
  const three = perlin({ pixels, width: 20, channels: 3 }, anomalyStream(8));
  assertEquals(three.mask, one.mask);
  assertEquals(three.image.filter((_, i) => i % 3 === 1), one.image);
});
