import { arraysAround, decode, encodeHidden, gridOf } from "./convolutional.ts";
import { type ImageShape, MNIST_SHAPE } from "../image_shape.ts";
import {
  type Autoencoder,
  blockOf,
  type Layers,
  linearSpecs,
} from "../parameters.ts";
import {
  type Scalar,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tf,
} from "../../tensor/tensorflow.ts";

const CODE = 64;
/**
 * Variance of the pixels around a reconstruction. It weighs the loss: the
 * negative log-likelihood is Σ(x − x̂)²/2σ², so divided by P/2σ² for P pixels it is the
 * mean squared error, as for the other models, and the divergence comes with
 * 2σ²/P.
 */
const VARIANCE = 0.02;

/**
 * A variational autoencoder (Kingma & Welling, 2014, "Auto-Encoding
 * Variational Bayes"): the paper's model with a Gaussian code, whose mean is
 * taken in evaluation. The loss is the negative evidence lower bound for
 * Gaussian pixels of variance 0.02, scaled so that its first part is r̄. Its
 * novelty scores are the Kullback–Leibler divergence of the code and the
 * negative evidence lower bound, P·r̄/2σ² and the divergence, in nats but for a
 * constant and with the mean code in place of the expectation over codes.
 *
 * @param shape of the images, default: MNIST's
 * @throws {RangeError} when height or width is no multiple of 4, or channels
 * are not 1 or 3
 */
export function variational(shape: ImageShape = MNIST_SHAPE): Autoencoder {
  const code = blockOf(
    "encoder.fc.mean",
    "code",
    linearSpecs("encoder.fc.mean", CODE, CODE),
    linearSpecs("encoder.fc.log_variance", CODE, CODE),
  );
  return { shape, arrays: arraysAround(code, shape), reconstruct, scores };
}

const scores = {
  "KL divergence"(x: Tensor4D, layers: Layers): Tensor1D {
    const { mean, logVariance } = encode(x, layers);
    return divergences(mean, logVariance);
  },
  "−evidence lower bound"(x: Tensor4D, layers: Layers): Tensor1D {
    const { mean, logVariance } = encode(x, layers);
    const error = tf.squaredDifference(x, decode(mean, layers, gridOf(x)));
    const surprise = tf.div(tf.sum(error, [1, 2, 3]), 2 * VARIANCE);
    return tf.add(surprise, divergences(mean, logVariance));
  },
};

function reconstruct(x: Tensor4D, layers: Layers): Tensor4D {
  const { mean, logVariance } = encode(x, layers);
  const pixels = x.size / x.shape[0];
  layers.addLoss(() =>
    tf.mul(divergence(mean, logVariance), 2 * VARIANCE / pixels)
  );
  return decode(layers.sample(mean, logVariance), layers, gridOf(x));
}

function encode(x: Tensor4D, layers: Layers) {
  const hidden = encodeHidden(x, layers);
  const linear = (part: string) =>
    layers.linear(hidden, { linear: `encoder.fc.${part}` });
  return { mean: linear("mean"), logVariance: linear("log_variance") };
}

/**
 * The mean over a batch of its {@linkcode divergences}.
 *
 * @param mean μ, [N, C]
 * @param logVariance log σ², [N, C]
 */
export function divergence(mean: Tensor2D, logVariance: Tensor2D): Scalar {
  return tf.tidy(() => tf.mean(divergences(mean, logVariance)));
}

/**
 * The Kullback–Leibler divergence of diagonal Gaussians from the standard one,
 * Σ ½(μ² + σ² − log σ² − 1) over the code, of each image; ≥ 0, in nats.
 *
 * @param mean μ, [N, C]
 * @param logVariance log σ², [N, C]
 * @returns [N]
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { tf } from "../../tensor/tensorflow.ts";
 *
 * const mean = tf.tensor2d([[0, 0, 0], [1, 1, 1]]);
 * assertEquals([...divergences(mean, tf.zeros([2, 3])).dataSync()], [0, 1.5]);
 * ```
 */
export function divergences(mean: Tensor2D, logVariance: Tensor2D): Tensor1D {
  return tf.tidy(() => {
    const terms = tf.sub(
      tf.add(tf.square(mean), tf.exp(logVariance)),
      tf.add(logVariance, 1),
    );
    return tf.mul(tf.sum(terms, 1), 0.5) as Tensor1D;
  });
}
