import { assertAlmostEquals, assertEquals } from "@std/assert";
import { ssim as autoencoder } from "../../../lib/model/autoencoders/ssim.ts";
import type { Layers } from "../../../lib/model/parameters.ts";
import { ssim } from "../../../lib/metrics/similarity/ssim.ts";
import { type Tensor4D, tf } from "../../../lib/tensor/tensorflow.ts";
import { lossAndGradient } from "../../../lib/training/step.ts";
import { disposeTraining, initTraining } from "../../../lib/training/state.ts";

Deno.test("the loss of ssim is 1 − mean SSIM of images and reconstructions, of any shape", () => {
  const [height, width, channels] = [8, 12, 3];
  const model = autoencoder({ height, width, channels });
  const batch = tf.randomUniform(
    [3, height, width, channels],
    ...[0, 1, "float32", 4] as const,
  ) as Tensor4D;
  let similarity = 0;
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
        similarity += ssim(a, b, { width, window: 7 }) / 9;
      });
      return y;
    },
  };
  const state = initTraining(1, model);
  const { loss, gradient } = lossAndGradient(state.parameters, batch, watched);
  assertAlmostEquals(loss, 1 - similarity, 1e-4);
  assertEquals(tf.all(tf.isFinite(gradient)).dataSync()[0], 1);
  disposeTraining(state);
});
