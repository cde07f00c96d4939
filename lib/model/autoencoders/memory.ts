import { arraysAround, decode, encodeHidden, gridOf } from "./convolutional.ts";
import { type ImageShape, MNIST_SHAPE } from "../image_shape.ts";
import {
  arraySpec,
  type Autoencoder,
  blockOf,
  type Layers,
  linearSpecs,
} from "../parameters.ts";
import {
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tf,
} from "../../tensor/tensorflow.ts";

const CODE = 64;
/** The authors' number of memory items for MNIST. */
const ITEMS = 100;
/** The authors' α. */
const ENTROPY_WEIGHT = 0.0002;
/** The authors' ε, against divisions by 0 and logarithms of it. */
const TINY = 1e-12;

/**
 * A memory-augmented autoencoder (Gong et al., 2019, "Memorizing Normality to
 * Detect Anomaly", Section 3): the paper's model with a memory of 100 items
 * between encoder and decoder, which replaces a code by a weighted mean of the
 * items that are more like it than most. A novel image is so given as something
 * normal, and its error, the authors' only score, is large.
 *
 * The loss is r̄ + α·(entropy of the weights), α = 0.0002 (equation 10). The
 * equation has the summed squared error, the authors' code the mean one, as
 * here. Their code compares by the dot product; this is the article's cosine
 * (equation 5).
 *
 * Chosen here: the code has no sigmoid, since cosines of numbers that are all
 * positive differ little; and the threshold is λ = 1/100, of the authors'
 * range of 1/N to 3/N the one that leaves at least one item (the largest of N
 * weights that sum to 1 is at least 1/N), as long as not all are equal.
 *
 * @param shape of the images, default: MNIST's
 * @throws {RangeError} when height or width is no multiple of 4, or channels
 * are not 1 or 3
 */
export function memory(shape: ImageShape = MNIST_SHAPE): Autoencoder {
  const code = blockOf(
    "encoder.fc.3",
    "code",
    linearSpecs("encoder.fc.3", 64, CODE),
    [arraySpec("memory.weight", [ITEMS, CODE], { initial: { fanIn: CODE } })],
  );
  return { shape, arrays: arraysAround(code, shape), reconstruct };
}

function reconstruct(x: Tensor4D, layers: Layers): Tensor4D {
  const code = layers.linear(encodeHidden(x, layers), {
    linear: "encoder.fc.3",
  });
  const items = layers.array<Tensor2D>("memory.weight");
  const weights = addressing(code, items, 1 / ITEMS);
  layers.addLoss(() => tf.mul(tf.mean(entropy(weights)), ENTROPY_WEIGHT));
  return decode(tf.matMul(weights, items), layers, gridOf(x));
}

/**
 * The weights with which memory items replace a code: the softmax of its
 * cosines with them (equations 4 and 5), those up to a threshold set to 0
 * (equation 7), and scaled to sum 1 again.
 *
 * @param code [N, C]
 * @param items [M, C]
 * @param threshold λ; weights that are not above it become 0
 * @returns [N, M], values 0 to 1; all 0 where none is above the threshold
 *
 * @example The opposite item is not used
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { tf } from "../../tensor/tensorflow.ts";
 *
 * const items = tf.tensor2d([[1, 0], [-1, 0]]);
 * const weights = addressing(tf.tensor2d([[3, 0]]), items, 1 / 2);
 * assertEquals(weights.arraySync(), [[1, 0]]);
 * ```
 */
export function addressing(
  code: Tensor2D,
  items: Tensor2D,
  threshold: number,
): Tensor2D {
  const cosines = tf.matMul(unit(code), unit(items), false, true);
  const weights = tf.softmax(cosines);
  const above = tf.sub(weights, threshold);
  const kept = tf.div(
    tf.mul(tf.relu(above), weights),
    tf.add(tf.abs(above), TINY),
  );
  return tf.div(kept, tf.maximum(tf.sum(kept, 1, true), TINY));
}

/** Rows of length 1, in their directions. */
function unit(rows: Tensor2D): Tensor2D {
  const squares = tf.sum(tf.square(rows), 1, true);
  return tf.div(rows, tf.sqrt(tf.add(squares, TINY)));
}

/**
 * The entropy of weights, Σ −w·log w (equation 9), in nats.
 *
 * @param weights [N, M], sum 1
 * @returns [N]
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { tf } from "../../tensor/tensorflow.ts";
 *
 * const [none, most] = entropy(tf.tensor2d([[1, 0], [0.5, 0.5]])).dataSync();
 * assertAlmostEquals(none, 0, 1e-6);
 * assertAlmostEquals(most, Math.log(2), 1e-6);
 * ```
 */
export function entropy(weights: Tensor2D): Tensor1D {
  const terms = tf.mul(weights, tf.log(tf.add(weights, TINY)));
  return tf.neg(tf.sum(terms, 1)) as Tensor1D;
}
