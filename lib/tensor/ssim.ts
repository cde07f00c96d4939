import { type Tensor4D, tf } from "./tensorflow.ts";

/** Constants of Wang et al. (2004), section III-C, for values from 0 to 1. */
const C1 = 0.01 ** 2;
const C2 = 0.03 ** 2;
/** Side of the window in Wang et al. and in Bergmann et al. (2019). */
const WINDOW = 11;

/**
 * Structural similarity of images, window by window (Wang et al., 2004, "Image
 * Quality Assessment: From Error Visibility to Structural Similarity",
 * equation 13). Windows are uniform and the (co)variances those of a sample
 * (n − 1), as in the `ssim` of the map metrics and in scikit-image. Channels
 * are compared one by one. Differentiable by both images.
 *
 * @param a images [N, H, W, C], values 0 to 1
 * @param b others of the same shape
 * @param window side of the square window in pixels, default:
 * {@linkcode ssimWindow}
 * @returns −1 to 1, for each window inside the image,
 * [N, H − window + 1, W − window + 1, C]
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { type Tensor4D, tf } from "./tensorflow.ts";
 *
 * const x = tf.randomUniform([1, 12, 14, 1]) as Tensor4D;
 * const similarity = windowSsim(x, x);
 * assertEquals(similarity.shape, [1, 2, 4, 1]);
 * assertEquals(tf.min(similarity).dataSync()[0], 1);
 * ```
 */
export function windowSsim(
  a: Tensor4D,
  b: Tensor4D,
  window: number = ssimWindow(a),
): Tensor4D {
  return tf.tidy(() => {
    const mean = (x: Tensor4D) => tf.avgPool(x, window, 1, "valid");
    const count = window ** 2;
    const sample = count / Math.max(count - 1, 1);
    const [meanA, meanB] = [mean(a), mean(b)];
    const [squareA, squareB] = [tf.square(meanA), tf.square(meanB)];
    const both = tf.mul(meanA, meanB);
    const covariance = (products: Tensor4D, ofMeans: Tensor4D) =>
      tf.mul(tf.sub(mean(products), ofMeans), sample);
    const variances = tf.add(
      covariance(tf.square(a), squareA),
      covariance(tf.square(b), squareB),
    );
    const covariances = covariance(tf.mul(a, b), both as Tensor4D);
    const above = tf.mul(
      tf.add(tf.mul(both, 2), C1),
      tf.add(tf.mul(covariances, 2), C2),
    );
    const below = tf.mul(
      tf.add(tf.add(squareA, squareB), C1),
      tf.add(variances, C2),
    );
    return tf.div(above, below) as Tensor4D;
  });
}

/**
 * The side of the window for images: 11 pixels, or the largest odd number that
 * fits into smaller ones.
 *
 * @param x images [N, H, W, C]
 */
export function ssimWindow({ shape: [, height, width] }: Tensor4D): number {
  const side = Math.min(WINDOW, height, width);
  return side % 2 === 0 ? side - 1 : side;
}
