import { type Tensor3D, type Tensor4D, tf } from "../../tensor/tensorflow.ts";

/**
 * A baseline that knows no model: the image's own brightness, |x|.
 *
 * @param x images [N, H, W, C]
 * @returns the strongest channel, [N, H, W], ≥ 0
 */
export function brightnessMap(x: Tensor4D): Tensor3D {
  return tf.tidy(() => tf.max(tf.abs(x), 3) as Tensor3D);
}

/**
 * A baseline that knows no model: edges, as the magnitude of Sobel's gradient.
 *
 * @param x images [N, H, W, C]; outside is black, so that the frame of an image
 * that is not counts as an edge
 * @returns the strongest channel, [N, H, W], ≥ 0
 *
 * @example A step from 0 to 1 between two columns
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { tf } from "../../tensor/tensorflow.ts";
 *
 * const x = tf.tensor4d(Array(5).fill([0, 0, 0, 1, 1]).flat(), [1, 5, 5, 1]);
 * assertEquals([...sobelMap(x).dataSync().slice(10, 15)], [0, 0, 4, 4, 4]);
 * ```
 */
export function sobelMap(x: Tensor4D): Tensor3D {
  return tf.tidy(() => {
    const channels = x.shape[3];
    const along = (kernel: number[]) => {
      const filter = tf.tile(tf.tensor4d(kernel, [3, 3, 1, 1]), [
        1,
        1,
        channels,
        1,
      ]);
      return tf.square(tf.depthwiseConv2d(x, filter as Tensor4D, 1, "same"));
    };
    const squared = tf.add(
      along([-1, 0, 1, -2, 0, 2, -1, 0, 1]),
      along([-1, -2, -1, 0, 0, 0, 1, 2, 1]),
    );
    return tf.max(tf.sqrt(squared), 3) as Tensor3D;
  });
}

/**
 * A baseline that knows nothing: uniform random numbers.
 *
 * @param x images [N, H, W, C], of which only the shape counts
 * @param seed decides the numbers
 * @returns [N, H, W], 0 to 1
 */
export function randomMap(x: Tensor4D, seed: number): Tensor3D {
  const [n, height, width] = x.shape;
  return tf.randomUniform([n, height, width], 0, 1, "float32", 1 + seed);
}
