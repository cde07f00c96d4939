import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { initialWeights } from "../../../lib/model/autoencoders/convolutional.ts";
import {
  evaluate,
  type ImageResult,
  measure,
} from "../../../lib/studies/agreement/evaluation.ts";
import { chooseExamples, exampleRows } from "../../../lib/figures/examples.ts";
import type { LabelledImages } from "../../../lib/data/images.ts";
import { freeze } from "../../../lib/model/evaluation_mode.ts";
import { type Tensor4D, tf } from "../../../lib/tensor/tensorflow.ts";
import {
  fromCsv,
  majorityShare,
  mostFrequent,
  summarise,
  toCsv,
} from "../../../lib/studies/agreement/results.ts";

/** Images of 2×3 pixels: image i is i everywhere but for one pixel. */
function images(count: number): LabelledImages {
  const pixels = new Uint8Array(6 * count);
  for (let i = 0; i < count; i++) {
    pixels.fill(i % 200, 6 * i, 6 * i + 6);
    pixels[6 * i + i % 6] = 255;
  }
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
  return { height: 2, width: 3, channels: 1, pixels, labels };
}

const black = (x: Tensor4D) => tf.zerosLike(x);

Deno.test("evaluate() takes any model and image size, in the order of the file", () => {
  const before = tf.memory().numTensors;
  const rows = [
    ...evaluate(black, images(230), { normalClasses: [0, 1], ks: [1, 6] }),
  ].flat();
  assertEquals(tf.memory().numTensors, before);
  assertEquals(rows.map(({ index }) => index), [...Array(230).keys()]);
  const { label, novel, reconstructionLoss, agreement, maxDistance } = rows[13];
  assertEquals([label, novel], [3, true]);
  // r = x² and s = 2x/6: the same order of pixels.
  assertEquals([agreement, maxDistance], [{ 1: 1, 6: 6 }, { 1: 0, 6: 0 }]);
  const loss = (5 * (13 / 255) ** 2 + 1) / 6;
  assertAlmostEquals(reconstructionLoss, loss, 1e-6);
});

Deno.test("evaluate() leaves no tensor behind with the autoencoder", () => {
  const { reconstruct, dispose } = freeze(initialWeights(0));
  const digits = {
    height: 28,
    width: 28,
    channels: 1,
    pixels: new Uint8Array(3 * 784),
    labels: new Uint8Array(3),
  };
  const before = tf.memory().numTensors;
  for (
    const _ of evaluate(reconstruct, digits, { normalClasses: [0], ks: [5] })
  );
  assertEquals(tf.memory().numTensors, before);
  dispose();
});

Deno.test("measure() compares the top K of both maps, from the saliency map to the error map", () => {
  const measured = measure({
    saliency: Float32Array.of(9, 8, 0, 0, 0, 0),
    error: Float32Array.of(8, 0, 0, 0, 0, 9),
    width: 6,
  }, [1, 2]);
  assertEquals(measured.agreement, { 1: 0, 2: 1 });
  assertEquals(measured.maxDistance, { 1: 5, 2: 1 });
  assertEquals(measured.reconstructionLoss, 17 / 6);
});

Deno.test("measure() refuses a map that holds NaN or an infinity", () => {
  const good = Float32Array.of(1, 2);
  for (const value of [NaN, Infinity]) {
    const bad = Float32Array.of(3, value);
    for (const [saliency, error] of [[good, bad], [bad, good]]) {
      assertThrows(
        () => measure({ saliency, error, width: 2 }, [1]),
        RangeError,
        `${value}`,
      );
    }
  }
});

Deno.test("measure() throws when K is larger than the map", () => {
  const map = Float32Array.of(1, 2);
  assertThrows(
    () => measure({ saliency: map, error: map, width: 2 }, [1, 3]),
    RangeError,
    "from 1 to 2",
  );
});

function row(novel: boolean, agreement: number, loss: number): ImageResult {
  return {
    index: 0,
    label: 0,
    novel,
    reconstructionLoss: loss,
    agreement: { 2: agreement },
    maxDistance: { 2: 10 * loss },
    mapMse: { saliency: loss / 2, squaredSaliency: loss / 4 },
  };
}

const SETTINGS = {
  data: "test",
  normalClasses: [0],
  k: [2],
  gradient: "exact",
};

Deno.test("summarise() gives counts, means, chance and AUROC of both groups", () => {
  const rows = [row(false, 2, 1), row(false, 0, 2), row(true, 0, 4)];
  const results = summarise(rows, SETTINGS, 16);
  assertEquals(results.counts, { normal: 2, novel: 1 });
  assertEquals(results.agreement, {
    2: { normal: [1, 0, 1], novel: [1, 0, 0] },
  });
  assertEquals(results.meanAgreement[2], { normal: 1, novel: 0 });
  assertEquals(results.chanceAgreement[2], 0.25);
  assertEquals(results.maxDistance[2], { normal: 15, novel: 40 });
  assertEquals(results.mapMse.saliency, { normal: 0.75, novel: 2 });
  assertEquals(results.mapMse.squaredSaliency, { normal: 0.375, novel: 1 });
  assertEquals(results.reconstructionLoss, { normal: 1.5, novel: 4 });
  assertEquals(results.auroc, 1);
});

Deno.test("summarise() throws when a group is empty", () => {
  for (const novel of [true, false]) {
    assertThrows(
      () => summarise([row(novel, 0, 1)], SETTINGS, 16),
      RangeError,
      "at least 1 value",
    );
  }
});

Deno.test("majorityShare() counts 3 to 5 of 5 and 6 to 10 of 10, as Table 1 does", () => {
  assertEquals(majorityShare([1, 1, 1, 1, 1, 1]), 0.5);
  assertEquals(majorityShare([0, 0, 0, 0, 0, 3, 1, 0, 0, 0, 0]), 0.25);
});

Deno.test("mostFrequent() gives the lower of two equally frequent agreements", () => {
  assertEquals(mostFrequent([1, 4, 2, 4]), 1);
});

Deno.test("toCsv() writes a line an image under a header", () => {
  assertEquals(
    toCsv([row(true, 1, 0.5)], [2]),
    "index,label,novel,reconstruction_loss,agreement_2,max_distance_2,mse_saliency,mse_squared_saliency\n" +
      "0,0,1,0.5,1,5,0.25,0.125\n",
  );
});

Deno.test("fromCsv() gives back the rows that toCsv() wrote", () => {
  const rows = [row(true, 1, 0.5), row(false, 2, 0.1 + 0.2)];
  assertEquals(fromCsv(toCsv(rows, [2])), rows);
  const sources = ['test/a, "b".png, tile 0', "test/c\nd.png, tile 1"];
  assertEquals(fromCsv(toCsv(rows, [2], sources)), rows);
});

Deno.test("toCsv() says where an image comes from in its last column, on one line", () => {
  const csv = toCsv([{ ...row(true, 1, 0.5), index: 1 }], [2], [
    "other",
    'test/a, "b"\n.png, tile 0',
  ]);
  const [header, line] = csv.split("\n");
  assertEquals(header.split(",").at(-1), "source");
  assertEquals(line.slice(line.indexOf('"')), '"test/a, ""b"" .png, tile 0"');
});

Deno.test("fromCsv() refuses a file that is cut, lacks a column or holds no number", () => {
  const text = toCsv([row(true, 1, 0.5)], [2]);
  const broken = [
    [text.slice(0, -1), "cut"],
    [text.replace("max_distance_2", "x"), "no max_distance_2"],
    [
      text.replace(",5,", ",,"),
      "line 2 of the file has no usable max_distance_2",
    ],
    [text.replace("0.5", "half"), "no usable reconstruction_loss"],
    ["", "cut"],
  ] as const;
  for (const [bytes, message] of broken) {
    assertThrows(() => fromCsv(bytes), RangeError, message);
  }
});

Deno.test("chooseExamples() gives normal, then novel images, each of another digit", () => {
  const { labels } = images(100);
  const settings = { normalClasses: [0, 1, 2, 3, 4], seed: 0 };
  const chosen = chooseExamples(labels, settings);
  const digits = chosen.map((i) => labels[i]);
  assertEquals(digits.slice(0, 3).every((digit) => digit < 5), true);
  assertEquals(digits.slice(3).every((digit) => digit >= 5), true);
  assertEquals(new Set(digits).size, 6);
  assertEquals(chosen, chooseExamples(labels, settings));
});

Deno.test("chooseExamples() takes a digit twice when there are too few", () => {
  const chosen = chooseExamples(images(100).labels, {
    normalClasses: [7],
    seed: 0,
  });
  assertEquals(new Set(chosen).size, 6);
  assertEquals(chosen.slice(0, 3).every((i) => i % 10 === 7), true);
});

Deno.test("exampleRows() gives each image's numbers and leaves no tensor behind", () => {
  const before = tf.memory().numTensors;
  const [first] = exampleRows(black, images(20), [13, 2], {
    normalClasses: [2],
  });
  assertEquals(tf.memory().numTensors, before);
  assertEquals(first.title, "novel, digit 3");
  const [named] = exampleRows(black, images(20), [1], {
    normalClasses: [1],
    classes: ["shoe", "hat"],
  });
  assertEquals(named.title, "normal, hat");
  assertEquals([...first.reconstruction], [0, 0, 0, 0, 0, 0]);
  assertAlmostEquals(first.input[1], 1);
  assertAlmostEquals(first.error[0], (13 / 255) ** 2, 1e-7);
});

Deno.test("evaluate() refuses names for normal classes, none, and images without a label, before any work", () => {
  const never = () => {
    throw new Error("a map was computed");
  };
  const labelled = images(3);
  const bad = [
    [labelled, ["0", "1"], "by the numbers of their labels"],
    [labelled, [], "by the numbers of their labels"],
    [{ ...labelled, labels: Uint8Array.of(0) }, [0], "1 labels of 3 images"],
  ] as const;
  for (const [own, normalClasses, message] of bad) {
    const options = { normalClasses: normalClasses as never, ks: [1] };
    assertThrows(() => [...evaluate(never, own, options)], RangeError, message);
  }
});
