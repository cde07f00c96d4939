import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertThrows,
} from "@std/assert";
import {
  attributionMaps,
  benchmarkDefects,
  benchmarkMaps,
  madeAnomalies,
} from "../../../lib/studies/localization/benchmark.ts";
import { scoreMaps } from "../../../lib/studies/localization/scores.ts";
import {
  ANOMALIES,
  type AnomalyKind,
  makeAnomalies,
} from "../../../lib/data/anomalies/mod.ts";
import { sobelMap } from "../../../lib/maps/attribution/mod.ts";
import type { Estimate } from "../../../lib/statistics/estimate.ts";
import { anomalyStream, uniform } from "../../../lib/support/random.ts";
import { type Tensor4D, tf } from "../../../lib/tensor/tensorflow.ts";
import { assertNear } from "../../assert.ts";
import { ring } from "../../data/anomalies/shared.ts";

const [WIDTH, PIXELS] = [5, 20];
const random = anomalyStream(1);
const images = Array.from({ length: 60 }, (_, i) => ({
  image: Float32Array.from({ length: PIXELS }, () => uniform(random, 0, 1)),
  mask: Uint8Array.from({ length: PIXELS }, (_, p) => Number(p % 7 === i % 7)),
}));
const masks = images.map(({ mask }) => mask);
const options = { width: WIDTH, channels: 1, seed: 0 };
const halve = (x: Tensor4D) => tf.mul(x, 0.5) as Tensor4D;

Deno.test("attributionMaps() gives each image its own map, whatever the batches", () => {
  const before = tf.memory().numTensors;
  const maps = attributionMaps(
    "reconstruction error",
    { reconstruct: halve },
    images,
    options,
  );
  assertEquals(tf.memory().numTensors, before);
  images.forEach(({ image }, i) => {
    assertNear(maps[i], image.map((value) => value * value / 4), 1e-7);
  });
});

Deno.test("attributionMaps() takes an image row by row, as wide as `width`", () => {
  const maps = attributionMaps(
    "edges (Sobel)",
    { reconstruct: halve },
    images,
    options,
  );
  images.forEach(({ image }, i) => {
    const alone = sobelMap(tf.tensor4d(image, [1, 4, 5, 1])).dataSync();
    assertNear(maps[i], alone, 1e-6);
  });
});

Deno.test("attributionMaps() draws new noise for each batch, decided by the seed", () => {
  const maps = attributionMaps(
    "random",
    { reconstruct: halve },
    images,
    options,
  );
  assertNotEquals(maps[50], maps[0]);
  assertEquals(
    attributionMaps("random", { reconstruct: halve }, images, options),
    maps,
  );
  assertNotEquals(
    attributionMaps("random", { reconstruct: halve }, images, {
      ...options,
      seed: 1,
    })[0],
    maps[0],
  );
});

Deno.test("scoreMaps() scores two imperfect maps as calculated by hand", () => {
  // Rows of four. The first map's brightest pixel is the mask's neighbour;
  // the second's is in the mask.
  const maps = [[0.5, 0.875, 0.75, 0, 0, 0, 0, 0.25], [
    ...[0.125, 0, 0, 0.375],
    ...[0.25, 0.625, 1, 0.0625],
  ]].map((map) => Float32Array.from(map));
  const masks = [[1, 0, 1, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0, 1, 0]]
    .map((mask) => Uint8Array.from(mask));
  const scores = scoreMaps(maps, masks, { width: 4, random });
  assertEquals(scores.images, 2);
  // Pairs in order: (5 + 5) of 12, then (3 + 6) of 12.
  assertAlmostEquals(scores.pixelAuroc.mean, (10 / 12 + 9 / 12) / 2, 1e-12);
  // At the ranks 2 and 3, then 1 and 5.
  assertAlmostEquals(
    scores.averagePrecision.mean,
    ((1 / 2 + 2 / 3) / 2 + (1 / 1 + 2 / 5) / 2) / 2,
    1e-12,
  );
  assertEquals(scores.topKPrecision.mean, 1 / 2);
  assertEquals(scores.pointingGame.mean, 1 / 2);
  // In each map one of the top two is a pixel beside the mask.
  assertEquals(scores.maskDistance.mean, 1);
  // Of the 12 normal pixels, above 0.5: 0.875 and 0.625; above 0.75: 0.875;
  // above 0.125: also 0.375 and the two of 0.25, five in all.
  assertAlmostEquals(scores.pooledAuroc, 1 - (2 + 1 + 5 + 0) / 48, 1e-12);
  // Ranks of the anomalous among all: 1, 3, 5 and 9.
  assertAlmostEquals(
    scores.pooledAveragePrecision,
    (1 / 1 + 2 / 3 + 3 / 5 + 4 / 9) / 4,
    1e-12,
  );
  // Four regions of one pixel, each found from its false-positive rate on: up
  // to the limit of 0.3 it adds 0.3 − rate.
  const found = [2, 1, 5, 0].map((n) => Math.max(0, 0.3 - n / 12) / 0.3);
  assertAlmostEquals(
    scores.aupro,
    found.reduce((sum, share) => sum + share) / 4,
    1e-12,
  );
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
  const maps = attributionMaps(
    "random",
    { reconstruct: halve },
    images,
    options,
  );
  const { pixelAuroc } = scoreMaps(maps, masks, { width: WIDTH, random });
  const { low, mean, high } = pixelAuroc as Required<Estimate>;
  assert(low < mean && mean < high);
  assert(low < 0.5 && 0.5 < high, `${low} to ${high}`);
});

const labels = Uint8Array.from({ length: 12 }, (_, i) => i % 2 === 0 ? 1 : 8);
const digits = {
  ...{ width: 28, height: 28, channels: 1, labels },
  pixels: Uint8Array.from(
    { length: 12 * 784 },
    (_, i) => {
      const [row, column] = [Math.floor(i % 784 / 28), i % 28];
      return row > 5 && row < 22 && Math.abs(column - 14) < 4 ? 255 : 0;
    },
  ),
};
const plan = { normalClasses: [1], count: 4, slow: 2, seed: 0 };

Deno.test("benchmarkMaps() scores each map on each kind as its parts do, and tells how far it is", async () => {
  const shares: number[] = [];
  const maps = ["reconstruction error", "edges (Sobel)"];
  const before = tf.memory().numTensors;
  const scores = await benchmarkMaps({ reconstruct: halve }, digits, {
    ...{ ...plan, maps },
    onProgress: (share) => void shares.push(share),
  });
  assertEquals(tf.memory().numTensors, before);
  assertEquals(Object.keys(scores), maps);
  assertEquals(shares, shares.toSorted((a, b) => a - b));
  assertAlmostEquals(shares.at(-1)!, 1, 1e-12);
  const kinds = Object.keys(ANOMALIES) as AnomalyKind[];
  for (const map of maps) {
    assertEquals(Object.keys(scores[map]), kinds);
    for (const kind of kinds) {
      const anomalies = makeAnomalies(kind, digits, plan);
      const alone = scoreMaps(
        attributionMaps(map, { reconstruct: halve }, anomalies, {
          width: 28,
          channels: 1,
          seed: 0,
        }),
        anomalies.map(({ mask }) => mask),
        { width: 28, random },
      );
      assertEquals(scores[map][kind].images, 4);
      assertEquals(scores[map][kind].aupro, alone.aupro);
      assertEquals(scores[map][kind].pixelAuroc.mean, alone.pixelAuroc.mean);
    }
  }
});

Deno.test("benchmarkMaps() gives maps of many passes `slow` images, and leaves them out at 0", async () => {
  const maps = ["saliency", "integrated gradients"];
  const two = await benchmarkMaps({ reconstruct: halve }, digits, {
    ...plan,
    maps,
  });
  assertEquals(two.saliency.blob.images, 4);
  assertEquals(two["integrated gradients"].blob.images, 2);
  const none = await benchmarkMaps({ reconstruct: halve }, digits, {
    ...plan,
    maps,
    slow: 0,
  });
  assertEquals(Object.keys(none), ["saliency"]);
});

Deno.test("benchmarkMaps() takes each normal image once at most, and only maps that there are", async () => {
  const maps = ["brightness"];
  const many = await benchmarkMaps({ reconstruct: halve }, digits, {
    ...plan,
    maps,
    count: 50,
  });
  assertEquals(many.brightness.blob.images, 6);
  await assertRejects(
    () =>
      benchmarkMaps({ reconstruct: halve }, digits, {
        ...plan,
        maps: ["toString"],
      }),
    RangeError,
    'the model has no map "toString"; choose from reconstruction error',
  );
});

/** Grey images of 8×8 in colour, each with a white square where it is defective. */
const tiles = (() => {
  const [size, count] = [8, 12];
  const masks = new Uint8Array(count * size * size);
  const pixels = new Uint8Array(3 * masks.length).fill(60);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 3);
  for (let i = 0; i < count; i++) {
    if (labels[i] === 0) continue;
    // The last one is defective everywhere, the one before nowhere.
    const rows = i === count - 1 ? size : i === count - 2 ? 0 : 3;
    for (let p = 0; p < rows * size; p++) {
      masks[i * size * size + p] = 1;
      pixels.fill(
        255,
        3 * (i * size * size + p),
        3 * (i * size * size + p) + 3,
      );
    }
  }
  return { height: size, width: size, channels: 3, pixels, labels, masks };
})();

Deno.test("benchmarkDefects() scores maps on real masks, class by class, also of colour images", async () => {
  // The error is that of the brightness: where it is white, it is defective.
  const darken = (x: Tensor4D) => tf.mul(x, 0.5) as Tensor4D;
  const scores = await benchmarkDefects({ reconstruct: darken }, tiles, {
    ...{ normalClasses: [0], classes: ["good", "hole", "crack"] },
    ...{
      count: 100,
      slow: 0,
      seed: 0,
      maps: ["reconstruction error", "random"],
    },
  });
  assertEquals(Object.keys(scores["random"]), ["hole", "crack"]);
  const { hole, crack } = scores["reconstruction error"];
  assertEquals([hole.images, crack.images], [3, 3]);
  assertEquals(hole.pixelAuroc.mean, 1);
  assertAlmostEquals(crack.aupro, 1, 1e-12);
  assert(scores["random"].hole.pixelAuroc.mean < 0.8);
});

Deno.test("benchmarkDefects() takes some images of a kind by chance, not the first in the file", async () => {
  const darken = (x: Tensor4D) => tf.mul(x, 0.5) as Tensor4D;
  // Of the holes 1, 4 and 7 the last one is where the image is dark.
  const masks = tiles.masks.map((value, p) =>
    Math.floor(p / 64) === 7 ? 1 - value : value
  );
  const meanOf = async (seed: number) => {
    const { "reconstruction error": scores } = await benchmarkDefects(
      { reconstruct: darken },
      { ...tiles, masks },
      {
        ...{ normalClasses: [0], classes: ["good", "hole", "crack"] },
        ...{ count: 2, seed, maps: ["reconstruction error"] },
      },
    );
    assertEquals(scores.hole.images, 2);
    return scores.hole.pixelAuroc.mean;
  };
  const means = await Promise.all([0, 1, 2, 3, 4, 5].map(meanOf));
  assertEquals(new Set(means), new Set([1, 0.5]));
});

Deno.test("benchmarks refuse counts that are no whole numbers from 2", async () => {
  const plan = { normalClasses: [0], seed: 0 };
  const wrong = [
    ...[{ count: 0 }, { count: 2.5 }, { count: NaN }, { count: 1 }],
    ...[-1, NaN, 1].map((slow) => ({ count: 2, slow })),
  ];
  for (const counts of wrong) {
    for (const benchmark of [benchmarkMaps, benchmarkDefects]) {
      await assertRejects(
        () =>
          benchmark({ reconstruct: halve }, tiles, {
            ...{ ...plan, ...counts, classes: ["good", "hole", "crack"] },
          }),
        RangeError,
        Object.values(counts).includes(1)
          ? "an interval takes two images"
          : "a whole number from 1",
      );
    }
  }
});

Deno.test("benchmarkDefects() refuses images without masks, and without a defect", async () => {
  const plan = {
    ...{ normalClasses: [0], classes: ["good", "hole", "crack"] },
    ...{ count: 2, seed: 0 },
  };
  const { masks: _, ...bare } = tiles;
  await assertRejects(
    () => benchmarkDefects({ reconstruct: halve }, bare, plan),
    RangeError,
    "no masks",
  );
  const blank = { ...tiles, masks: new Uint8Array(tiles.masks.length) };
  await assertRejects(
    () => benchmarkDefects({ reconstruct: halve }, blank, plan),
    RangeError,
    "of no kind two images have masks",
  );
});

Deno.test("madeAnomalies() takes each image once, and leaves out those without room for the anomaly", () => {
  const pixels = Uint8Array.from(
    [255, 0, 235, 225, 215].flatMap((ink) =>
      Array.from(ring(20, 16).pixels, (value) => value * ink)
    ),
  );
  const labels = Uint8Array.of(0, 1, 0, 1, 7);
  const made = madeAnomalies(
    { pixels, labels, width: 20, height: 16, channels: 1 },
    { normalClasses: [0, 1], seed: 5, count: 500 },
  );
  const indices = Object.fromEntries(
    Object.entries(made).map(([kind, images]) => [
      kind,
      (images as { index?: number }[]).map(({ index }) => index).sort(),
    ]),
  );
  assertEquals(indices["blob"], [0, 1, 2, 3]);
  assertEquals(indices["erased_stroke"], [0, 2, 3]);
});

Deno.test("attributionMaps() refuses a width or channels that the images do not have", () => {
  for (const [width, channels] of [[7, 1], [5, 3], [5, undefined as never]]) {
    assertThrows(
      () =>
        attributionMaps("saliency", { reconstruct: halve }, images, {
          ...{ width, channels, seed: 0 },
        }),
      RangeError,
      "have no whole rows of",
    );
  }
});

Deno.test("madeAnomalies() asks for two images that can have one of each kind", () => {
  // Ink in one normal image alone: no other has a piece to be shifted.
  const size = { height: 28, width: 28, channels: 1 };
  const pixels = new Uint8Array(4 * 784);
  for (let y = 8; y < 20; y++) {
    for (let x = 8; x < 20; x++) {
      pixels[28 * y + x] = pixels[3 * 784 + 28 * y + x] = 255;
    }
  }
  const test = { ...size, pixels, labels: Uint8Array.of(0, 0, 0, 1) };
  assertThrows(
    () => madeAnomalies(test, { normalClasses: [0], seed: 0, count: 3 }),
    RangeError,
    "two are needed",
  );
});
