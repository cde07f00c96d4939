import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  countRankedAgreements,
  measureRankings,
  rankedAgreementShares,
  rankMaps,
} from "../../../lib/studies/agreement/rankings.ts";
import { evaluate } from "../../../lib/studies/agreement/evaluation.ts";
import { summarise } from "../../../lib/studies/agreement/results.ts";
import { loadMnist } from "../../../lib/data/mnist.ts";
import { selectImages } from "../../../lib/data/images.ts";
import { freeze } from "../../../lib/model/evaluation_mode.ts";
import { initialWeights } from "../../../lib/model/autoencoders/convolutional.ts";
import { randomStream, uniform } from "../../../lib/support/random.ts";
import { type Tensor4D, tf } from "../../../lib/tensor/tensorflow.ts";
import { assertNear } from "../../assert.ts";

const { test } = await loadMnist("mnist");
const chosen = Array.from({ length: 200 }, (_, i) => 10 * i);
const images = selectImages(test, chosen);
const normalClasses = [0, 1, 2, 3, 4];

Deno.test("measureRankings() gives to the bit what evaluate() gives, for any K", () => {
  const { reconstruct, dispose } = freeze(initialWeights(0));
  const ks = [1, 10, 60, 784];
  const rankings = [...rankMaps(reconstruct, images)].flat();
  assertEquals(
    measureRankings(rankings, images.labels, { normalClasses, ks }),
    [...evaluate(reconstruct, images, { normalClasses, ks })].flat(),
  );
  const rows = measureRankings(rankings, images.labels, { normalClasses, ks });
  assertEquals(
    countRankedAgreements(rankings, images.labels, { normalClasses, ks }),
    summarise(
      rows,
      { normalClasses, k: ks, data: "mnist", gradient: "exact" },
      784,
    )
      .agreement,
  );
  dispose();
});

Deno.test("rankMaps() gives ties to the lower index, as topK() does", () => {
  // Black images, reconstructed black: both maps are 0 everywhere.
  const black = {
    ...images,
    pixels: new Uint8Array(784),
    labels: Uint8Array.of(0),
  };
  const [[{ saliency, error }]] = rankMaps(tf.zerosLike, black);
  const inOrder = Array.from({ length: 784 }, (_, i) => i);
  assertEquals([[...saliency], [...error]], [inOrder, inOrder]);
});

Deno.test("rankMaps() and measureRankings() refuse NaN, and a K that cannot be", () => {
  const toNaN = (x: typeof tf.Tensor.prototype) => tf.mul(x, NaN);
  assertThrows(() => [...rankMaps(toNaN as never, images)], RangeError, "NaN");
  const rankings = [...rankMaps(tf.zerosLike, images)].flat();
  for (const k of [0, -3, 2.5, 785]) {
    assertThrows(
      () =>
        measureRankings(rankings, images.labels, { normalClasses, ks: [5, k] }),
      RangeError,
      `it is ${k}`,
    );
    assertThrows(
      () => [...evaluate(tf.zerosLike, images, { normalClasses, ks: [5, k] })],
      RangeError,
      `it is ${k}`,
    );
  }
});

Deno.test("rankedAgreementShares() is the mean agreement of evaluate() at every K, divided by K", () => {
  // Not the same weight for every pixel, so that the two maps rank differently.
  const weight = tf.tensor4d([0.1, 0.9, 0.5, 0.3, 0.8, 0], [1, 2, 3, 1]);
  const reverse = (x: Tensor4D) => tf.mul(tf.reverse(x, 2), weight) as Tensor4D;
  const random = randomStream(3, "figure");
  const small = {
    ...{ width: 3, height: 2, channels: 1 },
    pixels: Uint8Array.from(
      { length: 30 * 6 },
      () => uniform(random, 0, 256),
    ),
    labels: Uint8Array.from({ length: 30 }, (_, i) => i % 5),
  };
  const ks = [1, 2, 3, 4, 5, 6];
  const normalClasses = [0, 1, 2];
  const rows = [...evaluate(reverse, small, { normalClasses, ks })].flat();
  const shares = rankedAgreementShares(
    [...rankMaps(reverse, small)].flat(),
    small.labels,
    normalClasses,
  );
  for (
    const [group, isNovel] of [["normal", false], ["novel", true]] as const
  ) {
    const own = rows.filter(({ novel }) => novel === isNovel);
    const expected = ks.map((k) =>
      own.reduce((sum, { agreement }) => sum + agreement[k], 0) / own.length / k
    );
    assertNear(shares[group], expected, 1e-12);
    assert(Math.min(...shares[group]) < 1, "the two maps rank the same");
  }
  weight.dispose();
});

Deno.test("rankMaps() refuses images whose pixels 16 bits cannot tell apart", () => {
  const large = { ...images, width: 257, height: 256 };
  assertThrows(() => [...rankMaps(tf.zerosLike, large)], RangeError, "65536");
});

Deno.test("rankedAgreementShares() refuses a group without an image", () => {
  const [rankings] = [...rankMaps(tf.zerosLike, {
    ...{ width: 2, height: 1, channels: 1 },
    ...{ pixels: new Uint8Array(4), labels: Uint8Array.of(0, 0) },
  })];
  for (const [normal, missing] of [[[0], "novel"], [[1], "normal"]] as const) {
    assertThrows(
      () => rankedAgreementShares(rankings, [0, 0], normal),
      RangeError,
      `there is no ${missing} image`,
    );
  }
});
