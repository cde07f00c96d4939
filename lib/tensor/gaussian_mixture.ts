import { cholesky } from "./cholesky.ts";
import {
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tf,
} from "./tensorflow.ts";

/** A mixture of K Gaussians in D dimensions. */
export interface GaussianMixture {
  /** φ, the sum is 1, [K]. */
  weights: Tensor1D;
  /** μ, [K, D]. */
  means: Tensor2D;
  /** Σ, [K, D, D]. */
  covariances: Tensor3D;
}

/**
 * The mixture that points with memberships make up: the M step of expectation
 * maximisation.
 *
 * @param points [N, D]
 * @param memberships of each point in each component, > 0, the sum of a row is
 * 1, [N, K]
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { tf } from "./tensorflow.ts";
 *
 * const { means, covariances } = mixtureOf(
 *   tf.tensor2d([[1], [3]]),
 *   tf.tensor2d([[1], [1]]),
 * );
 * assertEquals(means.arraySync(), [[2]]);
 * assertEquals(covariances.arraySync(), [[[1]]]);
 * ```
 */
export function mixtureOf(
  points: Tensor2D,
  memberships: Tensor2D,
): GaussianMixture {
  const totals = tf.sum(memberships, 0);
  // A component's shares of the points, [K, N].
  const shares = tf.transpose(tf.div(memberships, totals));
  const means = tf.matMul(shares, points) as Tensor2D;
  const offsets = offsetsOf(points, means);
  const weighted = tf.mul(offsets, tf.expandDims(shares, 2));
  return {
    weights: tf.mean(memberships, 0),
    means,
    covariances: tf.matMul(weighted, offsets, true) as Tensor3D,
  };
}

/**
 * The energy of points in a mixture, −log Σ φ N(z; μ, Σ), in nats, [N].
 *
 * @param mixture with positive definite covariances; D is small, see
 * {@linkcode cholesky}
 * @param points z, [N, D]
 *
 * @example Three deviations from the mean of a standard Gaussian
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { tf } from "./tensorflow.ts";
 *
 * const standard = {
 *   weights: tf.tensor1d([1]),
 *   means: tf.tensor2d([[0]]),
 *   covariances: tf.tensor3d([[[1]]]),
 * };
 * const [value] = energyIn(standard, tf.tensor2d([[3]])).dataSync();
 * assertAlmostEquals(value, 4.5 + Math.log(2 * Math.PI) / 2, 1e-6);
 * ```
 */
export function energyIn(
  { weights, means, covariances }: GaussianMixture,
  points: Tensor2D,
): Tensor1D {
  const factor = cholesky(covariances);
  const offsets = tf.unstack(offsetsOf(points, means), 2) as Tensor2D[];
  // L·y = z − μ, so that |y|² is the squared Mahalanobis distance, [K, N].
  const solved: Tensor2D[] = [];
  let logDensity = tf.expandDims(tf.log(weights), 1) as Tensor2D;
  for (const [i, row] of factor.entries()) {
    const scale = tf.expandDims(row[i], 1);
    const rest = solved.reduce<Tensor2D>(
      (sum, y, j) => tf.sub(sum, tf.mul(y, tf.expandDims(row[j], 1))),
      offsets[i],
    );
    const y = tf.div(rest, scale) as Tensor2D;
    solved.push(y);
    const logFactor = tf.sub(
      tf.mul(tf.square(y), -0.5),
      tf.add(tf.log(scale), Math.log(2 * Math.PI) / 2),
    );
    logDensity = tf.add(logDensity, logFactor);
  }
  return tf.neg(tf.logSumExp(logDensity, 0)) as Tensor1D;
}

/** z − μ, [K, N, D]. */
const offsetsOf = (points: Tensor2D, means: Tensor2D) =>
  tf.sub(tf.expandDims(points, 0), tf.expandDims(means, 1)) as Tensor3D;
