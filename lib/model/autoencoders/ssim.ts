import type { Autoencoder } from "../parameters.ts";
import type { ImageShape } from "../image_shape.ts";
import { convolutional } from "./convolutional.ts";
import { windowSsim } from "../../tensor/ssim.ts";
import { type Scalar, type Tensor4D, tf } from "../../tensor/tensorflow.ts";

/**
 * An autoencoder for structural similarity (Bergmann et al., 2019, "Improving
 * Unsupervised Defect Segmentation by Applying Structural Similarity to
 * Autoencoders"): the paper's model, trained with the loss 1 − mean SSIM. The
 * window of 11×11 pixels is as published (uniform here, a Gaussian in Wang et
 * al., 2004), the constants 0.01² and 0.03² are those of Wang et al. (2004),
 * where the paper prints 0.01 and 0.03 (images smaller than that have the
 * largest odd window that fits). Chosen here: the architecture; windows inside
 * the image only, so that the border counts less than the middle; and what is
 * done below 0, where SSIM is not meant to be used. A negative −x is nearly as
 * similar to x as x itself, the signs of means and covariances cancelling, and
 * a model without bounds may learn it. So a reconstruction below 0 counts as
 * black in the loss, and the mean square of what is below 0 is added to it. The
 * SSIM error map compares what the model gives, as it is.
 *
 * @param shape of the images, default: MNIST's
 * @throws {RangeError} when height or width is no multiple of 4, or channels
 * are not 1 or 3
 */
export function ssim(shape?: ImageShape): Autoencoder {
  return { ...convolutional(shape), loss: dissimilarity };
}

function dissimilarity(x: Tensor4D, reconstruction: Tensor4D): Scalar {
  return tf.tidy(() => {
    const similarity = tf.mean(windowSsim(x, tf.relu(reconstruction)));
    const below = tf.mean(tf.square(tf.relu(tf.neg(reconstruction))));
    return tf.add(tf.sub(1, similarity), below) as Scalar;
  });
}
