import type { Autoencoder } from "../parameters.ts";
import type { ImageShape } from "../image_shape.ts";
import { convolutional } from "./convolutional.ts";
import { gaussian } from "../../tensor/gaussian_noise.ts";
import { type Tensor4D, tf } from "../../tensor/tensorflow.ts";

const DEVIATION = 1 / 40;

/**
 * A denoising autoencoder (Vincent et al., 2008, "Extracting and Composing
 * Robust Features with Denoising Autoencoders"): the paper's model, trained on
 * images with Gaussian noise of σ = 1/40, clamped to [0, 1], to give the clean
 * ones. The noise was chosen here; Vincent et al. set some of the inputs to
 * 0, and train with cross-entropy and tied weights.
 *
 * @param shape of the images, default: MNIST's
 * @throws {RangeError} when height or width is no multiple of 4, or channels
 * are not 1 or 3
 */
export function denoising(shape?: ImageShape): Autoencoder {
  return { ...convolutional(shape), corrupt: withNoise };
}

function withNoise(x: Tensor4D, seed: number): Tensor4D {
  const noise = gaussian<Tensor4D>(x.shape, DEVIATION, seed);
  return tf.clipByValue(tf.add(x, noise), 0, 1);
}
