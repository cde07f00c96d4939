import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  mapsOf,
  scoreMaps,
} from "../../../lib/studies/localization/benchmark.ts";
import { estimate } from "../../../lib/statistics/estimate.ts";
import { anomalyStream, uniform } from "../../../lib/support/random.ts";
import { type Tensor4D, tf } from "../../../lib/tensor/tensorflow.ts";
import { assertNear } from "../../assert.ts";

const [WIDTH, PIXELS] = [5, 20];
const random = anomalyStream(1);
const images = Array.from({ length: 60 }, (_, i) => ({
  image: Float32Array.from({ length: PIXELS }, () => uniform(random, 0, 1)),
  mask: Uint8Array.from({ length: PIXELS }, (_, p) => Number(p % 7 === i % 7)),
}));
const masks = images.map(({ mask }) => mask);
const options = { width: WIDTH, seed: 0 };
const halve = (x: Tensor4D) => tf.mul(x, 0.5) as Tensor4D;

Deno.test("mapsOf() gives each image its own map, whatever the batches", () => {
  const before = tf.memory().numTensors;
  const done: number[] = [];
  const maps = mapsOf("reconstruction error", halve, images, {
    ...options,
    onProgress: (count) => done.push(count),
  });
  assertEquals(tf.memory().numTensors, before);
  assertEquals(done, [50, 60]);
  images.forEach(({ image }, i) => {
    assertNear(maps[i], image.map((value) => value * value / 4), 1e-7);
  });
});

Deno.test("scoreMaps() gives full marks to the masks themselves", () => {
  const maps = masks.map((mask) => Float32Array.from(mask));
  const scores = scoreMaps(maps, masks, { width: WIDTH, random });
  const full = { mean: 1, low: 1, high: 1 };
  const { aupro, ...others } = scores;
  assertAlmostEquals(aupro, 1, 1e-12);
  assertEquals(others, {
    images: 60,
    pixelAuroc: full,
    averagePrecision: full,
    topKPrecision: full,
    pointingGame: full,
    maskDistance: { mean: 0, low: 0, high: 0 },
    pooledAuroc: 1,
    pooledAveragePrecision: 1,
  });
});

Deno.test("scoreMaps() gives random maps what chance gives, within its interval", () => {
  const maps = mapsOf("random", halve, images, options);
  const { pixelAuroc } = scoreMaps(maps, masks, { width: WIDTH, random });
  const { low, mean, high } = pixelAuroc;
  assert(low < mean && mean < high);
  assert(low < 0.5 && 0.5 < high, `${low} to ${high}`);
});

Deno.test("estimate() has an interval of 95 %, as of many values of one distribution", () => {
  const values = Array.from({ length: 400 }, () => uniform(random, 0, 1));
  const { mean, low, high } = estimate(values, random);
  const deviation = Math.sqrt(
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 399,
  );
  const half = 1.96 * deviation / Math.sqrt(400);
  assertAlmostEquals((high - mean) / half, 1, 0.15);
  assertAlmostEquals((mean - low) / half, 1, 0.15);
});
