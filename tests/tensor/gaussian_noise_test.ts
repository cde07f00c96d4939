import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { gaussian } from "../../lib/tensor/gaussian_noise.ts";
import { tf } from "../../lib/tensor/tensorflow.ts";

Deno.test("gaussian() repeats with its seed, 0 among them, and differs with another", () => {
  for (const seed of [0, 1, 3_000_009_000]) {
    const draw = (seed: number) => gaussian([4, 3], 1, seed).dataSync();
    assertEquals(draw(seed), draw(seed));
    assert(draw(seed)[0] !== draw(seed + 1)[0]);
  }
});

Deno.test("gaussian() has mean 0 and the deviation asked for", () => {
  const { mean, variance } = tf.moments(gaussian([20_000], 0.5, 2));
  assertAlmostEquals(mean.dataSync()[0], 0, 0.02);
  assertAlmostEquals(variance.dataSync()[0], 0.25, 0.01);
});
