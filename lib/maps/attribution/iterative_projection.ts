import { requireCounts } from "../../support/require_counts.ts";
import { errorMap, type Reconstruct } from "../maps.ts";
import { type Tensor3D, type Tensor4D, tf } from "../../tensor/tensorflow.ts";
import { lossGradient } from "./loss_gradient.ts";

/**
 * Iterative projection onto the learned manifold (Dehaene et al., ICLR 2020,
 * "Iterative energy-based projection on a normal data manifold for anomaly
 * localization"): gradient descent on the image itself, with the energy
 * E = n·r̄(xₜ) + λ·‖xₜ − x‖₁ and each pixel's step weighted by its own
 * reconstruction error. The map is how far each pixel had to go. Pixels stay
 * within the image's range, without which the descent may run away.
 *
 * @param reconstruct the model
 * @param x images [N, H, W, C]
 * @param options `steps`, default: 50; `rate` α, default: 0.5; `sparsity` λ,
 * default: 0.05
 * @returns (x − x_T)², mean over channels, [N, H, W], ≥ 0
 *
 * @example A model that changes nothing leaves the image where it is
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { tf } from "../../tensor/tensorflow.ts";
 *
 * const x = tf.tensor4d([1, 0.5], [1, 1, 2, 1]);
 * const map = iterativeProjection((image) => image.clone(), x);
 * assertEquals([...map.dataSync()], [0, 0]);
 * ```
 */
export function iterativeProjection(
  reconstruct: Reconstruct,
  x: Tensor4D,
  { steps = 50, rate = 0.5, sparsity = 0.05 }: {
    steps?: number;
    rate?: number;
    sparsity?: number;
  } = {},
): Tensor3D {
  requireCounts({ steps });
  const pixels = x.size / x.shape[0];
  return tf.tidy(() => {
    const low = tf.min(x, [1, 2, 3], true);
    const high = tf.max(x, [1, 2, 3], true);
    let moved = tf.clone(x);
    for (let step = 0; step < steps; step++) {
      moved = tf.tidy(() => {
        const gradient = tf.add(
          tf.mul(lossGradient(reconstruct, moved), pixels),
          tf.mul(tf.sign(tf.sub(moved, x)), sparsity),
        );
        const error = tf.squaredDifference(moved, reconstruct(moved));
        const next = tf.sub(moved, tf.mul(rate, tf.mul(gradient, error)));
        moved.dispose();
        return tf.minimum(tf.maximum(next, low), high) as Tensor4D;
      });
    }
    return errorMap(x, moved);
  });
}
