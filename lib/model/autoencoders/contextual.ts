import type { Autoencoder } from "../parameters.ts";
import type { ImageShape } from "../image_shape.ts";
import { type Tensor, type Tensor4D, tf } from "../../tensor/tensorflow.ts";
import { variational } from "./variational.ts";

/**
 * A context-encoding variational autoencoder (Zimmerer et al., 2018,
 * "Context-encoding Variational Autoencoder for Unsupervised Anomaly
 * Detection"): the variational model, trained to give whole images
 * from images with a square cut out. Of its scores, which are those of the
 * variational model, the Kullback–Leibler divergence of the code is the one
 * whose gradient times the reconstruction error is their map.
 *
 * There the loss is the sum of two passes: the clean image with a drawn code,
 * and the masked one with the mean code and without divergence. Here one pass
 * takes their place, the masked image with a drawn code and the divergence, so
 * that a step costs what it costs for the other models; half of the images
 * stay whole. Chosen here as well: a square of half the shorter side (a
 * quarter of a square image: the most that Pathak et al., 2016, "Context
 * Encoders", cut out) at a random place, filled with 0, which on black ground
 * shows only where it cuts a stroke. The places of a batch's squares and the
 * noise of its codes come from the same random numbers.
 *
 * @param shape of the images, default: MNIST's
 * @throws {RangeError} when height or width is no multiple of 4, or channels
 * are not 1 or 3
 */
export function contextual(shape?: ImageShape): Autoencoder {
  return { ...variational(shape), corrupt: cutSquares };
}

/**
 * Images of which a random half has a square of half the shorter side set to
 * 0, each at a place of its own.
 *
 * @param x images [N, H, W, C]
 * @param seed decides images and places; a whole number from 0
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { type Tensor4D, tf } from "../../tensor/tensorflow.ts";
 *
 * const means = tf.mean(cutSquares(tf.ones([20, 8, 8, 1]) as Tensor4D, 1), [1, 2, 3]);
 * assertEquals(new Set(means.dataSync()), new Set([1, 0.75]));
 * ```
 */
export function cutSquares(x: Tensor4D, seed: number): Tensor4D {
  return tf.tidy(() => {
    const [n, height, width] = x.shape;
    const side = Math.floor(Math.min(height, width) / 2);
    // TensorFlow.js takes the seed 0 for none.
    const draws = tf.randomUniform([3, n, 1], 0, 1, "float32", 1 + seed);
    const [rows, columns, cut] = tf.unstack(draws);
    const inside = (size: number, draw: Tensor) => {
      const first = tf.floor(tf.mul(draw, size - side + 1));
      const places = tf.sub(tf.range(0, size), first);
      return tf.logicalAnd(
        tf.greaterEqual(places, 0),
        tf.less(places, side),
      );
    };
    const square = tf.logicalAnd(
      inside(height, rows).reshape([n, height, 1, 1]),
      inside(width, columns).reshape([n, 1, width, 1]),
    );
    const masked = tf.logicalAnd(
      square,
      tf.less(cut, 0.5).reshape([n, 1, 1, 1]),
    );
    return tf.where(masked, tf.zerosLike(x), x) as Tensor4D;
  });
}
