import type { Reconstruct } from "../maps.ts";
import { requireCounts } from "../../support/require_counts.ts";
import { type Tensor3D, type Tensor4D, tf } from "../../tensor/tensorflow.ts";
import { lossGradient } from "./loss_gradient.ts";

/**
 * Integrated gradients (Sundararajan et al., 2017, equation 1) from a black
 * image to x, by the midpoint rule. Their sum comes close to r̄(x) − r̄(0).
 *
 * @param reconstruct the model
 * @param x images [N, H, W, C]
 * @param options `steps` (50, within the paper's 20 to 300)
 * @returns signed, [N, H, W]; channels are summed
 * @throws {RangeError} when `steps` is no whole number from 1
 *
 * @example A model that returns black images: r̄ = mean(x²), shared out by x²
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { tf } from "../../tensor/tensorflow.ts";
 *
 * const x = tf.tensor4d([1, -2], [1, 1, 2, 1]);
 * const shares = integratedGradients(tf.zerosLike, x, { steps: 2 });
 * assertEquals([...shares.dataSync()], [0.5, 2]);
 * ```
 */
export function integratedGradients(
  reconstruct: Reconstruct,
  x: Tensor4D,
  { steps = 50 }: { steps?: number } = {},
): Tensor3D {
  requireCounts({ steps });
  return tf.tidy(() => {
    let sum = tf.zerosLike(x);
    for (let step = 0; step < steps; step++) {
      sum = tf.tidy(() => {
        const part = tf.mul(x, (step + 0.5) / steps) as Tensor4D;
        const total = tf.add(sum, lossGradient(reconstruct, part));
        sum.dispose();
        return total as Tensor4D;
      });
    }
    return tf.sum(tf.mul(x, tf.div(sum, steps)), 3) as Tensor3D;
  });
}
