import { arraysAround, decode, encode, gridOf } from "./convolutional.ts";
import { type ImageShape, MNIST_SHAPE } from "../image_shape.ts";
import {
  arraySpec,
  type Autoencoder,
  blockOf,
  type Layers,
  linearSpecs,
  type ParameterSpec,
} from "../parameters.ts";
import {
  energyIn,
  type GaussianMixture,
  mixtureOf,
} from "../../tensor/gaussian_mixture.ts";
import {
  type Scalar,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tf,
} from "../../tensor/tensorflow.ts";

const CODE = 64;
/** Numbers that the density sees of the code. */
const PROJECTED = 2;
/** Those, and the two features of the error. */
const FEATURES = PROJECTED + 2;
const HIDDEN = 10;
const COMPONENTS = 4;
/** λ1 and λ2 of equation 7. */
const ENERGY_WEIGHT = 0.1;
const PENALTY_WEIGHT = 0.005;
/** Added to the variances: no component's deviation is below 0.03. */
const LEAST_VARIANCE = 1e-3;
/** Added to the memberships: no component is empty. */
const LEAST_MEMBERSHIP = 1e-6;

/**
 * A deep autoencoding Gaussian mixture model (Zong et al., 2018, "Deep
 * Autoencoding Gaussian Mixture Model for Unsupervised Anomaly Detection",
 * section 3): the paper's model, whose code and error are trained to be likely
 * in a mixture of Gaussians. Memberships come from a network of their own, the
 * mixture is that of the batch in training, and its running mean in
 * evaluation. The score is the energy (equation 6), in nats.
 *
 * As published for the largest of its data sets: four components, a hidden layer
 * of ten with tanh, λ1 = 0.1 and λ2 = 0.005. Chosen here:
 *
 * - The published codes have one or two numbers; of the 64 here the density sees
 *   two, by a linear layer, since 66 × 66 covariances of a batch would hardly
 *   have an inverse. The penalty keeps them from shrinking to a point.
 * - The published loss adds up the squared errors of an image and ours is their
 *   mean, so λ1 and λ2 are divided by the number of pixels, too.
 * - 0.001 is added to all variances. The energy cannot fall below −10.14 then,
 *   and the penalty not rise above 16,000, when all images have like errors.
 * - There is no dropout before the memberships: layers here have none.
 *
 * @param shape of the images, default: MNIST's
 * @throws {RangeError} when height or width is no multiple of 4, or channels
 * are not 1 or 3
 */
export function mixture(shape: ImageShape = MNIST_SHAPE): Autoencoder {
  const code = linearSpecs("encoder.fc.3", CODE, CODE);
  const around = arraysAround(blockOf("encoder.fc.3", "code", code), shape);
  return {
    shape,
    arrays: [...around, ...densitySpecs()],
    reconstruct,
    scores: { energy },
  };
}

function densitySpecs(): ParameterSpec[] {
  const running = (name: string, shape: number[], constant: number) =>
    arraySpec(`density.running_${name}`, shape, {
      kind: "buffer",
      initial: { constant },
    });
  return [
    ...linearSpecs("density.projection", CODE, PROJECTED),
    ...linearSpecs("density.membership.0", FEATURES, HIDDEN),
    ...linearSpecs("density.membership.2", HIDDEN, COMPONENTS),
    running("weights", [COMPONENTS], 1 / COMPONENTS),
    running("means", [COMPONENTS, FEATURES], 0),
    running("covariances", [COMPONENTS, FEATURES, FEATURES], 0),
  ];
}

function reconstruct(x: Tensor4D, layers: Layers): Tensor4D {
  const code = encode(x, layers);
  const y = decode(code, layers, gridOf(x));
  const pixels = x.size / x.shape[0];
  layers.addLoss(() => {
    const points = pointsOf(code, { x, y, layers });
    return tf.div(densityLoss(points, mixtureFor(points, layers)), pixels);
  });
  return y;
}

/** Energy of images in evaluation, [N]. */
function energy(x: Tensor4D, layers: Layers): Tensor1D {
  const code = encode(x, layers);
  const y = decode(code, layers, gridOf(x));
  const points = pointsOf(code, { x, y, layers });
  return energyIn(mixtureFor(points, layers), points);
}

/** What the density sees of images: code and error, [N, 4]. */
function pointsOf(
  code: Tensor2D,
  { x, y, layers }: { x: Tensor4D; y: Tensor4D; layers: Layers },
): Tensor2D {
  const projected = layers.linear(code, { linear: "density.projection" });
  return tf.concat([projected, errorFeatures(x, y)], 1);
}

/** The mixture in force for points, with the least variance added. */
function mixtureFor(points: Tensor2D, layers: Layers): GaussianMixture {
  const ofBatch = mixtureOf(points, memberships(points, layers));
  const inForce = <K extends keyof GaussianMixture>(name: K) =>
    layers.statistic(`density.running_${name}`, () => ofBatch[name]);
  const least = tf.mul(tf.eye(FEATURES), LEAST_VARIANCE);
  return {
    weights: inForce("weights"),
    means: inForce("means"),
    covariances: tf.add(inForce("covariances"), least) as Tensor3D,
  };
}

/** The estimation network: memberships in the components, [N, 4]. */
function memberships(points: Tensor2D, layers: Layers): Tensor2D {
  const hidden = layers.linear(points, { linear: "density.membership.0" });
  const logits = layers.linear(tf.tanh(hidden), {
    linear: "density.membership.2",
  });
  return tf.div(
    tf.add(tf.softmax(logits), LEAST_MEMBERSHIP),
    1 + COMPONENTS * LEAST_MEMBERSHIP,
  );
}

/**
 * Two features of the error, [N, 2]: the relative Euclidean distance
 * |x − y| / |x|, and the cosine similarity of image and reconstruction.
 *
 * @param x images [N, H, W, C]
 * @param y their reconstructions
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { tf } from "../../tensor/tensorflow.ts";
 *
 * const [distance, cosine] = errorFeatures(
 *   tf.tensor4d([3, 4], [1, 1, 2, 1]),
 *   tf.tensor4d([3, 0], [1, 1, 2, 1]),
 * ).dataSync();
 * assertAlmostEquals(distance, 4 / 5, 1e-5);
 * assertAlmostEquals(cosine, 3 / 5, 1e-5);
 * ```
 */
export function errorFeatures(x: Tensor4D, y: Tensor4D): Tensor2D {
  const dot = (a: Tensor4D, b: Tensor4D) => tf.sum(tf.mul(a, b), [1, 2, 3]);
  // The square root of 0, of a black image, has no finite slope.
  const norm = (a: Tensor4D) => tf.sqrt(tf.add(dot(a, a), 1e-6));
  const distance = tf.div(norm(tf.sub(x, y)), norm(x));
  const cosine = tf.div(dot(x, y), tf.mul(norm(x), norm(y)));
  return tf.stack([distance, cosine], 1) as Tensor2D;
}

/**
 * What a mixture adds to the summed error of an image, of equation 7:
 * λ1 · mean energy + λ2 · Σ 1/variance, over all components and dimensions.
 *
 * @param points [N, D]
 * @param mixture with positive definite covariances
 */
export function densityLoss(
  points: Tensor2D,
  mixture: GaussianMixture,
): Scalar {
  const { covariances } = mixture;
  const diagonal = tf.eye(covariances.shape[1]);
  const variances = tf.sum(tf.mul(covariances, diagonal), 2);
  return tf.add(
    tf.mul(tf.mean(energyIn(mixture, points)), ENERGY_WEIGHT),
    tf.mul(tf.sum(tf.reciprocal(variances)), PENALTY_WEIGHT),
  );
}
