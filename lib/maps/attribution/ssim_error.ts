import { requireShape } from "../reconstruction_error.ts";
import type { Reconstruct } from "../maps.ts";
import { ssimWindow, windowSsim } from "../../tensor/ssim.ts";
import { type Tensor3D, type Tensor4D, tf } from "../../tensor/tensorflow.ts";

/**
 * The structural error of a reconstruction, (1 − SSIM)/2 in the window around
 * each pixel; with several channels their mean. Bergmann et al. (2019),
 * "Improving Unsupervised Defect Segmentation by Applying Structural
 * Similarity to Autoencoders", show 1 − SSIM, which has the same
 * order. Beyond its border the image is mirrored, as by scikit-image's
 * `structural_similarity` with `full`; the window is 11 pixels wide, or the
 * largest odd number that fits into smaller images. On black ground what is
 * left of a reconstruction, however dark, is another structure than nothing.
 *
 * @param reconstruct the model
 * @param x images [N, H, W, C], values 0 to 1
 * @returns [N, H, W], 0 (the same structure) to 1
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { type Tensor4D, tf } from "../../tensor/tensorflow.ts";
 *
 * const x = tf.randomUniform([1, 12, 12, 3]) as Tensor4D;
 * assertEquals(tf.max(ssimErrorMap((x) => x, x)).dataSync()[0], 0);
 * ```
 */
export function ssimErrorMap(reconstruct: Reconstruct, x: Tensor4D): Tensor3D {
  return tf.tidy(() => {
    const window = ssimWindow(x);
    const margin = (window - 1) / 2;
    const side: [number, number] = [margin, margin];
    const mirror = (image: Tensor4D) =>
      tf.mirrorPad(image, [[0, 0], side, side, [0, 0]], "symmetric");
    const reconstruction = reconstruct(x);
    requireShape(reconstruction, x);
    const similarity = windowSsim(mirror(x), mirror(reconstruction), window);
    const error = tf.mul(tf.sub(1, tf.mean(similarity, 3)), 0.5) as Tensor3D;
    // Rounding may leave a similarity above 1.
    return tf.maximum(error, 0);
  });
}
