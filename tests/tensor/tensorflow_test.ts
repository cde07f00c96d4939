import { assertEquals } from "@std/assert";
import { lossGradient } from "../../lib/maps/attribution/loss_gradient.ts";
import { computeMaps } from "../../lib/maps/maps.ts";
import { tf } from "../../lib/tensor/tensorflow.ts";

Deno.test("computeMaps() and lossGradient() work after a Stop, which leaves TensorFlow.js inside an operation", () => {
  const x = tf.tensor4d([1, -2], [1, 1, 2, 1]);
  const { state } = tf.engine();
  for (const stop of [() => state.gradientDepth++, () => state.kernelDepth++]) {
    stop();
    const { saliency, ...others } = computeMaps(tf.zerosLike, x);
    assertEquals([...saliency.dataSync()], [1, 2]);
    assertEquals([state.gradientDepth, state.kernelDepth], [0, 0]);
    stop();
    const gradient = lossGradient(tf.zerosLike, x);
    assertEquals([...gradient.dataSync()], [1, -2]);
    tf.dispose([saliency, others, gradient]);
  }
  x.dispose();
});
