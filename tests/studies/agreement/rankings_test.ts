import { assertEquals, assertThrows } from "@std/assert";
import {
  countRankedAgreements,
  measureRankings,
  rankedAgreementShares,
  rankMaps,
} from "../../../lib/studies/agreement/rankings.ts";
import {
  agreementShares,
  evaluate,
} from "../../../lib/studies/agreement/evaluation.ts";
import { summarise } from "../../../lib/studies/agreement/results.ts";
import { loadMnist } from "../../../lib/data/mnist.ts";
import { selectImages } from "../../../lib/data/images.ts";
import { freeze } from "../../../lib/model/evaluation_mode.ts";
import { initialWeights } from "../../../lib/model/autoencoders/convolutional.ts";
import { tf } from "../../../lib/tensor/tensorflow.ts";

const { test } = await loadMnist("mnist");
const chosen = Array.from({ length: 200 }, (_, i) => 10 * i);
const images = {
  ...selectImages(test, chosen),
  labels: Uint8Array.from(chosen, (i) => test.labels[i]),
};
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
  assertEquals(
    rankedAgreementShares(rankings, images.labels, normalClasses),
    agreementShares(reconstruct, images, normalClasses),
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
