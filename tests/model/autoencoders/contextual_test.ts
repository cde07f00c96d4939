import { assert, assertEquals } from "@std/assert";
import {
  contextual,
  cutSquares,
} from "../../../lib/model/autoencoders/contextual.ts";
import { variational } from "../../../lib/model/autoencoders/variational.ts";
import { modelNameOf } from "../../../lib/model/autoencoders/mod.ts";
import { initialise, type Layers } from "../../../lib/model/parameters.ts";
import { type Tensor4D, tf } from "../../../lib/tensor/tensorflow.ts";
import { lossAndGradient } from "../../../lib/training/step.ts";
import { disposeTraining, initTraining } from "../../../lib/training/state.ts";
import { assertNoLeak, sameBits } from "../../assert.ts";

const SHAPE = { height: 8, width: 12, channels: 3 };
const images = (n: number) =>
  tf.randomUniform([n, 8, 12, 3], 0.1, 1, "float32", 4) as Tensor4D;

/** The box around the black pixels of an image; none where none is black. */
function hole(pixels: number[][][]): number[] | undefined {
  const black = pixels.flatMap((row, y) =>
    row.flatMap((pixel, x) => pixel.every((v) => v === 0) ? [[y, x]] : [])
  );
  if (black.length === 0) return undefined;
  const [ys, xs] = [0, 1].map((axis) => black.map((place) => place[axis]));
  const box = [Math.min(...ys), Math.min(...xs), Math.max(...ys) + 1];
  assertEquals(black.length, 16, "4×4 pixels are black");
  assertEquals([box[2] - box[0], Math.max(...xs) + 1 - box[1]], [4, 4]);
  return box.slice(0, 2);
}

Deno.test("cutSquares() blackens one square of half the shorter side in half of the images, anywhere", () => {
  const x = images(200);
  const cut = cutSquares(x, 3);
  const holes = cut.arraySync().map(hole).filter((place) => place);
  assert(holes.length > 75 && holes.length < 125, `${holes.length}`);
  const firsts = (axis: 0 | 1) =>
    [...new Set(holes.map((place) => place![axis]))].sort((a, b) => a - b);
  assertEquals(firsts(0), [0, 1, 2, 3, 4]);
  assertEquals(firsts(1), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  const kept = tf.where(tf.equal(cut, 0), x, cut);
  assertEquals(kept.dataSync(), x.dataSync());
});

Deno.test("cutSquares() is decided by its seed, 0 included", () => {
  const x = images(6);
  const cut = (seed: number) => cutSquares(x, seed).dataSync();
  assertEquals(cut(0), cut(0));
  assertEquals(cut(5), cut(5));
  assert(tf.util.arraysEqual(cut(0), cut(5)) === false);
  assertNoLeak(() => void cutSquares(x, 1));
});

Deno.test("contextual trains like the variational model on cut images, compared with the whole", () => {
  const x = images(5);
  const model = contextual(SHAPE);
  const plain = variational(SHAPE);
  const state = initTraining(1, model);
  const one = lossAndGradient(state.parameters, x, model, 9);
  const other = lossAndGradient(state.parameters, x, {
    ...plain,
    reconstruct: (given: Tensor4D, layers: Layers) => {
      assertEquals(given.dataSync(), x.dataSync());
      return plain.reconstruct(cutSquares(given, 9), layers);
    },
  }, 9);
  assertEquals(one.loss, other.loss);
  assert(sameBits(one.gradient.dataSync(), other.gradient.dataSync()));
  disposeTraining(state);
});

Deno.test("modelNameOf() prefers the model without corruption: arrays of both are the variational one's", () => {
  const weights = initialise(contextual().arrays, 0);
  assertEquals(modelNameOf(weights), "variational");
});
