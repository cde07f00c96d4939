import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { toBatch } from "../../../lib/data/images.ts";
import { computeMaps } from "../../../lib/maps/maps.ts";
import { randomStream, uniform } from "../../../lib/support/random.ts";
import {
  compareMeasures,
  compareSimilarities,
  rankCorrelations,
  signedMaps,
} from "../../../lib/studies/similarity/comparison.ts";
import { similarities } from "../../../lib/metrics/similarity/mod.ts";
import { type Tensor4D, tf } from "../../../lib/tensor/tensorflow.ts";
import { mean } from "../../../lib/statistics/mean.ts";
import { assertNear } from "../../assert.ts";

const random = randomStream(0, "figure");
const PIXELS = 14 * 15;
const noise = () =>
  Float32Array.from({ length: PIXELS }, () => uniform(random, 0, 1));

Deno.test("signedMaps() are those of computeMaps(), image by image, in any batch", () => {
  const count = 165; // More than one batch.
  const images = {
    ...{ width: 3, height: 2, channels: 1 },
    pixels: Uint8Array.from({ length: count * 6 }, (_, i) => (i * 31) % 256),
  };
  const blur = (x: Tensor4D) =>
    tf.sigmoid(tf.avgPool(x, 2, 1, "same")) as Tensor4D;
  const before = tf.memory().numTensors;
  const maps = [...signedMaps(blur, images)].flat();
  assertEquals(tf.memory().numTensors, before);
  assertEquals(maps.length, count);
  for (const i of [0, 159, 160, 164]) {
    const { gradient, error } = computeMaps(blur, toBatch(images, [i]));
    assertNear(maps[i].gradient, gradient.dataSync(), 1e-7);
    assertNear(maps[i].error, error.dataSync(), 1e-7);
  }
});

Deno.test("compareMeasures() separates maps that belong together from others", async () => {
  const maps = Array.from({ length: 6 }, () => {
    const map = noise();
    return { gradient: map, error: map.map((value) => value * 2) };
  });
  const compared = await compareMeasures(maps, 14);
  for (const { matched, mismatched, separation } of Object.values(compared)) {
    assertEquals([matched.length, mismatched.length], [6, 6]);
    assertEquals(separation, 1);
  }
});

Deno.test("signedMaps() of a colour image have the channel farthest from 0, with its sign", () => {
  const images = {
    ...{ width: 3, height: 2, channels: 3 },
    pixels: Uint8Array.from({ length: 2 * 18 }, (_, i) => (i * 31) % 256),
  };
  const darker = (x: Tensor4D) => tf.mul(x, [1.5, 0.2, 0.7]) as Tensor4D;
  const maps = [...signedMaps(darker, images)].flat();
  const { gradient } = computeMaps(darker, toBatch(images, [0, 1]));
  const expected = gradient.arraySync().map((image) =>
    image.flat().map((pixel) =>
      pixel.reduce((a, b) => Math.abs(b) > Math.abs(a) ? b : a)
    )
  );
  maps.forEach(({ gradient, error }, i) => {
    assertNear(gradient, expected[i], 1e-9);
    assertEquals(error.length, 6);
  });
});

Deno.test("compareMeasures() pairs each saliency map with the error map half of all images farther on", async () => {
  const maps = Array.from(
    { length: 4 },
    () => ({ gradient: noise(), error: noise() }),
  );
  const done: number[] = [];
  const { SSIM } = await compareMeasures(
    maps,
    14,
    (count) => void done.push(count),
  );
  assertEquals(done, [1, 2, 3, 4]);
  const expected = [[0, 2], [1, 3], [2, 0], [3, 1]].map(([a, b]) =>
    similarities(maps[a].gradient, maps[b].error, 14).SSIM
  );
  assertEquals(SSIM.mismatched, expected);
});

Deno.test("compareMeasures() needs two images", async () => {
  const one = [{ gradient: noise(), error: noise() }];
  await assertRejects(() => compareMeasures(one, 14), RangeError, "two images");
});

Deno.test("rankCorrelations() are symmetric, and 1 with themselves", () => {
  const values = { a: [3, 1, 2, 5], b: [2, 1, 4, 8], c: [1, 0, 0, 0] };
  const ranks = rankCorrelations(values);
  for (const a of Object.keys(values)) {
    assertAlmostEquals(ranks[a][a], 1, 1e-12);
    for (const b of Object.keys(values)) {
      assertEquals(ranks[a][b], ranks[b][a]);
    }
  }
  // Ranks 3 1 2 4 and 2 1 3 4: 1 − 6·2/(4·15).
  assertAlmostEquals(ranks.a.b, 0.8, 1e-12);
});

Deno.test("compareSimilarities() has the means of normal and novel images apart, and tells how far it is", async () => {
  const images = {
    ...{
      width: 14,
      height: 15,
      channels: 1,
      labels: Uint8Array.of(0, 1, 0, 1, 0),
    },
    pixels: Uint8Array.from({ length: 5 * PIXELS }, (_, i) => (i * i) % 251),
  };
  const blur = (x: Tensor4D) =>
    tf.sigmoid(tf.avgPool(x, 2, 1, "same")) as Tensor4D;
  const shares: number[] = [];
  const { rows, correlations } = await compareSimilarities(blur, images, {
    normalClasses: [0],
    onProgress: (share) => void shares.push(share),
  });
  assertEquals(shares, [5, 6, 7, 8, 9, 10].map((done) => done / 10));
  const maps = [...signedMaps(blur, images)].flat();
  const compared = await compareMeasures(maps, 14);
  assertEquals(rows.map(({ measure }) => measure), Object.keys(compared));
  for (const { measure, normal, novel, mismatched, separation } of rows) {
    const { matched, ...others } = compared[measure];
    assertAlmostEquals(mismatched.mean, mean(others.mismatched), 1e-12);
    const [a, b, c, d, e] = matched;
    assertAlmostEquals(normal.mean, (a + c + e) / 3, 1e-12);
    assertAlmostEquals(novel.mean, (b + d) / 2, 1e-12);
    assertEquals(separation, others.separation);
    assertAlmostEquals(correlations[measure][measure], 1, 1e-12);
  }
});

Deno.test("rankCorrelations() has none for a measure that is the same for all images", () => {
  const { a, constant } = rankCorrelations({
    a: [1, 2, 3],
    constant: [4, 4, 4],
  });
  assertEquals(a, { a: 1, constant: null });
  assertEquals(constant, { a: null, constant: null });
});

Deno.test("compareSimilarities() refuses a group of one image before any work", async () => {
  const images = {
    ...{ width: 2, height: 2, channels: 1, pixels: new Uint8Array(12) },
    labels: Uint8Array.of(0, 0, 1),
  };
  await assertRejects(
    () =>
      compareSimilarities(
        () => {
          throw new Error("work was done");
        },
        images,
        { normalClasses: [0] },
      ),
    RangeError,
    "2 are normal and 1 novel",
  );
});
