import {
  type Autoencoder,
  convSpec,
  type Layers,
  linearSpecs,
  type ParameterSpec,
} from "../parameters.ts";
import { autoencoder, convolutional, DOWN } from "./convolutional.ts";
import { gaussian } from "../../tensor/gaussian_noise.ts";
import type { Geometry } from "../../tensor/convolution.ts";
import { type ImageShape, MNIST_SHAPE } from "../image_shape.ts";
import { reverseGradient } from "../../tensor/reverse_gradient.ts";
import {
  type Scalar,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tf,
} from "../../tensor/tensorflow.ts";

/** Standard deviation of the noise, as in the authors' code. */
const DEVIATION = 0.155;
/** The published λ, the weight of the reconstruction's error. */
const LAMBDA = 0.4;
/** Channels of the discriminator's two feature maps. */
const FIRST = 32;
const SECOND = 64;

/**
 * An adversarially learned one-class classifier (ALOCC; Sabokrou et al., 2018,
 * "Adversarially Learned One-Class Classifier for Novelty Detection"): a
 * reconstructor R, here the paper's model, gets images with Gaussian noise
 * of σ = 0.155 (the authors' code), and a discriminator D tells images from
 * reconstructions. Novelty scores are −logit D(x) and −logit D(R(x)), the
 * logarithm of (1 − D)/D: the order of the article's D, the likelihood of being
 * normal, which single precision would lose where D is near 0 or 1.
 *
 * The article's loss is L = L(R+D) + λ·‖x − R(x̃)‖² with λ = 0.4, where R lowers
 * and D raises L(R+D) = log D(x) + log(1 − D(R(x̃))). Here one Adam trains both
 * by a reversed gradient between R and D (Ganin & Lempitsky, 2015). The loss is
 * r̄ − L(R+D)/λP, for P = H·W·C numbers in an image: R gets the gradient of L
 * and D its reverse, which it descends, both divided by λP, so that the loss's
 * first part is r̄ as for the other models; but for its ε Adam does not depend
 * on the factor.
 *
 * Chosen here:
 *
 * - ‖·‖² is a sum over pixels, so the adversarial part has 1/λP of the weight of
 *   r̄ and R is close to a denoising autoencoder. In the authors' code the error
 *   is a mean (of cross-entropies) and the adversarial part has five times its
 *   weight; with a mean here, R did not learn to reconstruct at the learning
 *   rate of the other models (tried with one digit).
 * - R lowers log(1 − D) as printed, a step of R to a step of D; their code raises
 *   log D, and R has two steps.
 * - The noise is drawn for every batch, and not clipped; theirs is drawn once and
 *   clipped to [0, 1].
 * - D has two convolutions of 3×3 with stride 2 and no bias (the published one has
 *   four of 5×5), and no batch norm, which would have to serve images and
 *   reconstructions with the same running statistics.
 * - Training lasts as long as for the other models; the authors stop at a small
 *   error.
 *
 * So how well D tells novel images here is no verdict on the published method.
 *
 * @param shape of the images, default: MNIST's
 * @throws {RangeError} when height or width is no multiple of 4, or channels
 * are not 1 or 3
 */
export function adversarial(shape: ImageShape = MNIST_SHAPE): Autoencoder {
  const reconstructor = convolutional(shape);
  return {
    ...reconstructor,
    arrays: [...reconstructor.arrays, ...discriminatorSpecs(shape)],
    corrupt: withNoise,
    loss,
    scores,
  };
}

function withNoise(x: Tensor4D, seed: number): Tensor4D {
  return tf.tidy(() => tf.add(x, gaussian(x.shape, DEVIATION, seed)));
}

function loss(x: Tensor4D, reconstruction: Tensor4D, layers: Layers): Scalar {
  return tf.tidy(() => {
    const real = logits(x, layers);
    const made = logits(reverseGradient(reconstruction), layers);
    // −log D = softplus(−logit) and −log(1 − D) = softplus(logit): never log 0.
    const told = tf.add(tf.softplus(tf.neg(real)), tf.softplus(made));
    const error = tf.losses.meanSquaredError(x, reconstruction);
    const pixels = x.size / x.shape[0];
    return tf.add(error, tf.mul(tf.mean(told), 1 / (LAMBDA * pixels)));
  });
}

const scores = {
  "−logit D(x)": novelty,
  "−logit D(R(x))": (x: Tensor4D, layers: Layers) =>
    novelty(autoencoder(x, layers), layers),
};

function novelty(x: Tensor4D, layers: Layers): Tensor1D {
  return tf.neg(logits(x, layers));
}

function discriminatorSpecs(
  { height, width, channels }: ImageShape,
): ParameterSpec[] {
  const grid = [height / DOWN, width / DOWN];
  // In no block: no reconstruction passes through it.
  return [
    convSpec("discriminator.conv.0", [FIRST, channels, 3, 3]),
    convSpec("discriminator.conv.1", [SECOND, FIRST, 3, 3]),
    linearSpecs("discriminator.fc", SECOND * grid[0] * grid[1], 1, {
      weight: { view: [1, SECOND, ...grid], axes: [0, 2, 3, 1] },
    }),
  ].flat();
}

/** log D/(1 − D) of images [N, H, W, C], [N]. */
function logits(x: Tensor4D, layers: Layers): Tensor1D {
  const halved: Geometry = { stride: 2, padding: [1, 0] };
  const down = (x: Tensor4D, conv: string) =>
    layers.activate(layers.conv(x, { conv }, halved), {
      kind: "leakyRelu",
      after: conv,
    });
  const half = down(x, "discriminator.conv.0");
  const quarter = down(half, "discriminator.conv.1");
  const features = tf.reshape(quarter, [x.shape[0], -1]) as Tensor2D;
  const logit = layers.linear(features, { linear: "discriminator.fc" });
  return tf.reshape(logit, [-1]);
}
