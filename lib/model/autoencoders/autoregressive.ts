import { arraysAround, decode, encode, gridOf } from "./convolutional.ts";
import { type ImageShape, MNIST_SHAPE } from "../image_shape.ts";
import {
  arraySpec,
  type Autoencoder,
  blockOf,
  type Layers,
  linearSpecs,
} from "../parameters.ts";
import { causalMask } from "../../tensor/causal_mask.ts";
import {
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tf,
} from "../../tensor/tensorflow.ts";

const CODE = 64;
/** Equal parts of [0, 1] whose probabilities are estimated. */
const BINS = 100;
/** Channels at each position of the code: of the code, two layers, the bins. */
const WIDTHS = [1, 8, 8, BINS];

/** The layers of the estimator by the authors' names; LeakyReLUs are between. */
const ESTIMATOR = WIDTHS.slice(1).map((outputs, i) => ({
  ...{ name: `estimator.layers.${2 * i}`, inputs: WIDTHS[i], outputs },
  strict: i === 0,
}));

/**
 * Latent space autoregression (Abati, Porrello, Calderara & Cucchiara, 2019,
 * "Latent Space Autoregression for Novelty Detection", Section 3): the paper's
 * model, and an estimator of the distribution of its codes,
 * Π p(zᵢ | z₁ … zᵢ₋₁), of causal dense layers. Each zᵢ is in [0, 1], which 100 bins
 * divide; the estimator gives their probabilities.
 *
 * The authors' loss is the squared error, summed over pixels, plus λ = 1 times
 * the negative log-likelihood of the code (their `LSALoss`). Divided by the
 * number of pixels P, the first part is r̄, as for the other models, and the
 * second comes with 1/P. Encoder and estimator are trained together: the
 * gradient reaches the encoder through the estimator's inputs, and not through
 * the bins that it has to predict, which are constants.
 *
 * The authors' estimator for MNIST has four hidden layers of 32 channels, 26
 * million weights; this one has two of 8, 3.6 million, half of them always
 * masked, so that training on a CPU stays feasible. Like theirs it has no batch norm.
 *
 * Scores: "−log density" is the negative log-likelihood of the code in nats, of
 * its bins (a density by z would differ by the constant 64·ln 100). "novelty
 * score of LSA" is the summed squared error plus that, which is the authors'
 * loss of the image; they scale both parts to [0, 1] by their extremes over the
 * validation images first, of which a model knows nothing here. They also bound
 * what a number of the code may add, at 36 nats.
 *
 * @param shape of the images, default: MNIST's
 * @throws {RangeError} when height or width is no multiple of 4, or channels
 * are not 1 or 3
 */
export function autoregressive(shape: ImageShape = MNIST_SHAPE): Autoencoder {
  const code = blockOf(
    "encoder.fc.3",
    "code",
    linearSpecs("encoder.fc.3", 64, CODE),
  );
  const estimator = ESTIMATOR.flatMap(({ name, inputs, outputs }) => {
    const initial = { fanIn: CODE * inputs };
    return [
      arraySpec(`${name}.weight`, [CODE * outputs, CODE * inputs], { initial }),
      arraySpec(`${name}.bias`, [CODE * outputs], { initial }),
    ];
  });
  return {
    shape,
    arrays: [...arraysAround(code, shape), ...estimator],
    reconstruct,
    scores: {
      "−log density": surpriseOf,
      "novelty score of LSA": noveltyScore,
    },
  };
}

function reconstruct(x: Tensor4D, layers: Layers): Tensor4D {
  const code = encode(x, layers);
  const pixels = x.size / x.shape[0];
  layers.addLoss(() => tf.div(tf.mean(surprise(code, layers)), pixels));
  return decode(code, layers, gridOf(x));
}

function surpriseOf(x: Tensor4D, layers: Layers): Tensor1D {
  return surprise(encode(x, layers), layers);
}

function noveltyScore(x: Tensor4D, layers: Layers): Tensor1D {
  const code = encode(x, layers);
  const error = tf.squaredDifference(x, decode(code, layers, gridOf(x)));
  return tf.add(tf.sum(error, [1, 2, 3]), surprise(code, layers));
}

/** −log p of each code, [N]. */
const surprise = (code: Tensor2D, layers: Layers) =>
  negativeLogLikelihood(code, estimate(code, layers));

/**
 * The estimator: for each number of a code, which of its bins are likely, given
 * the numbers before it.
 *
 * @param code [N, 64], values 0 to 1
 * @param layers that give the arrays
 * @returns logits, [N, 64, 100]
 */
export function estimate(code: Tensor2D, layers: Layers): Tensor {
  const logits = ESTIMATOR.reduce((x, { name, ...mask }, i) => {
    const input = i === 0
      ? x
      : layers.activate(x, { kind: "leakyRelu", after: ESTIMATOR[i - 1].name });
    const weight = layers.array<Tensor2D>(`${name}.weight`);
    const masked = tf.mul(weight, causalMask(CODE, mask)) as Tensor2D;
    const product = tf.matMul(input, masked, false, true);
    return tf.add(product, layers.array<Tensor1D>(`${name}.bias`)) as Tensor2D;
  }, code);
  return tf.reshape(logits, [-1, CODE, BINS]);
}

/**
 * The negative log-likelihood of codes, in nats: the cross-entropy of the bins
 * that their numbers are in, summed over the code. The bins are constants to
 * the gradient.
 *
 * @param code [N, C], values 0 to 1
 * @param logits of B equal bins, [N, C, B]
 * @returns one number a code, [N]; ≥ 0
 *
 * @example Two numbers, each in one of two bins that are equally likely
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { tf } from "../../tensor/tensorflow.ts";
 *
 * const code = tf.tensor2d([[0.1, 0.7]]);
 * const [nats] = negativeLogLikelihood(code, tf.zeros([1, 2, 2])).dataSync();
 * assertAlmostEquals(nats, 2 * Math.log(2), 1e-6);
 * ```
 */
export function negativeLogLikelihood(
  code: Tensor2D,
  logits: Tensor,
): Tensor1D {
  const bins = logits.shape[2]!;
  const bin = tf.clipByValue(tf.floor(tf.mul(code, bins)), 0, bins - 1);
  const target = tf.oneHot(tf.cast(bin, "int32"), bins);
  const terms = tf.mul(tf.logSoftmax(logits), target);
  return tf.neg(tf.sum(terms, [1, 2])) as Tensor1D;
}
