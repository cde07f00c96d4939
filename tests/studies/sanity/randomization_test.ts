import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertThrows,
} from "@std/assert";
import { initialise } from "../../../lib/model/parameters.ts";
import {
  ARRAYS,
  CONVOLUTIONAL,
  convolutional,
  initialWeights,
} from "../../../lib/model/autoencoders/convolutional.ts";
import {
  AUTOENCODERS,
  type ModelName,
} from "../../../lib/model/autoencoders/mod.ts";
import { sobelMap } from "../../../lib/maps/attribution/mod.ts";
import { tf } from "../../../lib/tensor/tensorflow.ts";
import { freeze } from "../../../lib/model/evaluation_mode.ts";
import { randomStream } from "../../../lib/support/random.ts";
import {
  cascadingRandomization,
  layersFromOutput,
  likenessOf,
  sanityCheck,
} from "../../../lib/studies/sanity/randomization.ts";
import { signedMaps } from "../../../lib/studies/similarity/comparison.ts";
import { similarities } from "../../../lib/metrics/similarity/mod.ts";

Deno.test("layersFromOutput(CONVOLUTIONAL) has every array of the model once, the output first", () => {
  const layers = layersFromOutput(CONVOLUTIONAL);
  assertEquals([...layers.keys()], [
    "decoder.conv.2",
    "decoder.conv.1",
    "decoder.conv.0",
    "decoder.fc.3",
    "decoder.fc.0",
    "encoder.fc.3",
    "encoder.fc.0",
    "encoder.conv.1",
    "encoder.conv.0",
  ]);
  const names = [...layers.values()].flat();
  assertEquals(names.toSorted(), ARRAYS.map(({ name }) => name).toSorted());
});

Deno.test("sanityCheck() checks models of images that are not square, where told what they are", () => {
  const shape = { height: 16, width: 20, channels: 3 };
  const autoencoder = convolutional(shape);
  const weights = initialise(autoencoder.arrays, 0);
  const pixels = Uint8Array.from(
    { length: 2 * 16 * 20 * 3 },
    (_, i) => i % 251,
  );
  const images = { ...shape, pixels };
  const rows = [...sanityCheck(weights, images, {
    ...{ seed: 1, random: randomStream(0, "figure"), autoencoder },
  })];
  const layers = layersFromOutput(autoencoder).size;
  assertEquals(rows.length, layers + 2);
  // The last model is random throughout.
  const maps = [0, 1].map((seed) => {
    const { reconstruct, dispose } = freeze(
      initialise(autoencoder.arrays, seed),
      { autoencoder },
    );
    const found = [...signedMaps(reconstruct, images)].flat();
    dispose();
    return found;
  });
  const [a, b] = [0, 1].map((i) =>
    similarities(maps[0][i].gradient, maps[1][i].gradient, shape.width)
  );
  for (const measure of Object.keys(a)) {
    assertAlmostEquals(
      rows[layers - 1].saliency[measure].mean,
      (a[measure] + b[measure]) / 2,
      1e-9,
      measure,
    );
  }
});

Deno.test("cascadingRandomization() randomises one layer more each time, and leaves the model as it was", () => {
  const trained = initialWeights(0);
  const random = initialWeights(1);
  const before = structuredClone(trained);
  const layers = [...layersFromOutput(CONVOLUTIONAL).values()];
  const models = [...cascadingRandomization(trained, 1)];
  assertEquals(models.length, layers.length);
  models.forEach(({ weights }, stage) => {
    const done = new Set(layers.slice(0, stage + 1).flat());
    for (const { name } of ARRAYS) {
      const { data } = (done.has(name) ? random : trained).get(name)!;
      const found = weights.get(name)!.data;
      assert(found.every((x, i) => x === data[i]), `${name} at ${stage}`);
    }
  });
  assertEquals(models.at(-1)!.weights, random);
  assertEquals(trained, before);
});

Deno.test("sanityCheck() finds a model like itself, and unlike when it is another", () => {
  const pixels = Uint8Array.from(
    { length: 3 * 784 },
    (_, i) => (i * i) % 251,
  );
  const images = { width: 28, height: 28, channels: 1, pixels };
  const check = (seed: number) => [
    ...sanityCheck(initialWeights(0), images, {
      ...{ seed, random: randomStream(0, "figure") },
    }),
  ];
  // The random weights are the model's own: nothing changes.
  const [same, ...rest] = check(0);
  assertEquals(rest.map(({ name }) => name).slice(-2), [
    "edges (Sobel)",
    "brightness",
  ]);
  assertEquals(same.saliency["top-10 agreement"].mean, 1);
  assertEquals(Math.abs(same.error.SSIM.mean - 1) < 1e-9, true);
  const other = check(1)[8];
  assertEquals(other.name, "encoder.conv.0");
  // The last model is the one of the other seed: measured here by themselves.
  const maps = [0, 1].map((seed) => {
    const { reconstruct, dispose } = freeze(initialWeights(seed));
    const found = [...signedMaps(reconstruct, images)].flat();
    dispose();
    return found;
  });
  for (
    const [name, kind] of [["saliency", "gradient"], [
      "error",
      "error",
    ]] as const
  ) {
    const alike = maps[0].map((map, i) =>
      similarities(map[kind], maps[1][i][kind], 28)
    );
    for (const measure of Object.keys(alike[0])) {
      assertAlmostEquals(
        other[name][measure].mean,
        alike.reduce((sum, values) => sum + values[measure], 0) / 3,
        1e-9,
        `${name}, ${measure}`,
      );
    }
  }
});

Deno.test("sanityCheck() compares each image's maps with its own brightness and edges", () => {
  const pixels = Uint8Array.from({ length: 3 * 784 }, (_, i) => (i * i) % 251);
  const images = { width: 28, height: 28, channels: 1, pixels };
  const rows = [...sanityCheck(initialWeights(0), images, {
    ...{ seed: 0, random: randomStream(0, "figure") },
  })];
  const { reconstruct, dispose } = freeze(initialWeights(0));
  const maps = [...signedMaps(reconstruct, images)].flat();
  dispose();
  const sobel = (image: Float32Array) =>
    sobelMap(tf.tensor4d(image, [1, 28, 28, 1])).dataSync() as Float32Array;
  for (
    const [baseline, mapOf] of [
      ["brightness", (image: Float32Array) => image],
      ["edges (Sobel)", sobel],
    ] as const
  ) {
    const row = rows.find(({ name }) => name === baseline)!;
    const alike = maps.map(({ gradient, error }, i) => {
      const image = Float32Array.from(
        pixels.subarray(784 * i, 784 * (i + 1)),
        (byte) => byte / 255,
      );
      return {
        saliency: similarities(gradient, mapOf(image), 28),
        error: similarities(error, mapOf(image), 28),
      };
    });
    for (const kind of ["saliency", "error"] as const) {
      for (const measure of Object.keys(row[kind])) {
        assertAlmostEquals(
          row[kind][measure].mean,
          alike.reduce((sum, values) => sum + values[kind][measure], 0) / 3,
          1e-9,
          `${baseline}, ${kind}, ${measure}`,
        );
      }
    }
  }
});

Deno.test("sanityCheck() checks other maps that are asked for; one without any contrast is like none", () => {
  const images = {
    ...{ width: 28, height: 28, channels: 1 },
    // The second image is black, and so is what DeepLIFT says of it.
    pixels: Uint8Array.from(
      { length: 2 * 784 },
      (_, i) => i < 784 ? (i * i) % 251 : 0,
    ),
  };
  const maps = ["DeepLIFT", "guided backpropagation"];
  const check = (names: string[]) =>
    sanityCheck(initialWeights(0), images, {
      ...{ seed: 0, random: randomStream(0, "figure"), maps: names },
    }).next().value!;
  const row = check(maps);
  assertEquals(Object.keys(row.others!), maps);
  for (const { mean } of Object.values(likenessOf(row, "DeepLIFT"))) {
    assertAlmostEquals(mean, 0.5, 1e-6);
  }
  for (
    const { mean } of Object.values(likenessOf(row, "guided backpropagation"))
  ) {
    assertAlmostEquals(mean, 1, 1e-6);
  }
  assertEquals(likenessOf(row, "error"), row.error);
  assertThrows(() => likenessOf(row, "toString"), RangeError, "DeepLIFT");
  assertThrows(() => check(["toString"]), RangeError, "no map");
  const one = { ...images, pixels: images.pixels.slice(784) };
  const options = { seed: 0, random: randomStream(0, "figure") };
  assertThrows(
    () => sanityCheck(initialWeights(0), one, options).next(),
    RangeError,
    "needs two",
  );
});

Deno.test("layersFromOutput() takes the code of a variational autoencoder as one layer", () => {
  const layersOf = (name: ModelName) => layersFromOutput(AUTOENCODERS[name]());
  assertEquals(layersOf("variational").size, 9);
  assertEquals(layersOf("variational").get("encoder.fc.mean"), [
    "encoder.fc.mean.weight",
    "encoder.fc.mean.bias",
    "encoder.fc.log_variance.weight",
    "encoder.fc.log_variance.bias",
  ]);
  assertEquals([...layersOf("dense").keys()], [
    "decoder.fc.3",
    "decoder.fc.0",
    "encoder.fc.3",
    "encoder.fc.0",
  ]);
});

Deno.test("layersFromOutput() leaves out what no reconstruction passes through", () => {
  const namesOf = (name: ModelName) =>
    [...layersFromOutput(AUTOENCODERS[name]()).values()].flat();
  for (const name of ["adversarial", "autoregressive", "mixture"] as const) {
    const names = namesOf(name);
    assert(names.length > 0);
    assert(names.every((array) => /^(encoder|decoder)\./.test(array)), name);
  }
  assertEquals(
    namesOf("memory").filter((name) => /memory/.test(name)).length,
    1,
  );
});
