import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { ssim as autoencoder } from "../../../lib/model/autoencoders/ssim.ts";
import type { Layers } from "../../../lib/model/parameters.ts";
import { ssim } from "../../../lib/metrics/similarity/ssim.ts";
import { windowSsim } from "../../../lib/tensor/ssim.ts";
import { type Tensor4D, tf } from "../../../lib/tensor/tensorflow.ts";
import { lossAndGradient } from "../../../lib/training/step.ts";
import { disposeTraining, initTraining } from "../../../lib/training/state.ts";

Deno.test("the loss of ssim is 1 − mean SSIM with black for negative pixels, and these squared, of any shape", () => {
  const [height, width, channels] = [8, 12, 3];
  const model = autoencoder({ height, width, channels });
  const batch = tf.randomUniform(
    [3, height, width, channels],
    ...[0, 1, "float32", 4] as const,
  ) as Tensor4D;
  let [similarity, below] = [0, 0];
  const watched = {
    ...model,
    reconstruct(x: Tensor4D, layers: Layers) {
      const y = model.reconstruct(x, layers);
      const planes = (images: Tensor4D) =>
        tf.transpose(images, [0, 3, 1, 2]).reshape([9, height * width])
          .arraySync() as number[][];
      const other = planes(y);
      // 7 is the largest odd window in 8 rows.
      planes(x).forEach((plane, i) => {
        const [a, b] = [plane, other[i]].map((v) => Float64Array.from(v));
        for (const v of b) below += Math.min(v, 0) ** 2 / (9 * b.length);
        const black = b.map((v) => Math.max(v, 0));
        similarity += ssim(a, black, { width, window: 7 }) / 9;
      });
      return y;
    },
  };
  const state = initTraining(1, model);
  const { loss, gradient } = lossAndGradient(state.parameters, batch, watched);
  assert(below > 0);
  assertAlmostEquals(loss, 1 - similarity + below, 1e-4);
  assertEquals(tf.all(tf.isFinite(gradient)).dataSync()[0], 1);
  disposeTraining(state);
});

Deno.test("an image's negative has nearly its SSIM, but not its loss, which leads out of it", () => {
  const x = tf.randomUniform([2, 12, 12, 1], 0.2, 1, "float32", 5) as Tensor4D;
  const negative = tf.neg(x) as Tensor4D;
  assert(tf.mean(windowSsim(x, negative)).dataSync()[0] > 0.95);
  const loss = (y: Tensor4D) =>
    autoencoder().loss!(x, y, undefined as unknown as Layers);
  assertAlmostEquals(loss(x).dataSync()[0], 0, 1e-5);
  assert(loss(negative).dataSync()[0] > 1);
  const gradient = tf.grad((y) => loss(y as Tensor4D))(negative);
  assert(gradient.dataSync().every((slope) => slope < 0));
});
