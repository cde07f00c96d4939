import {
  forgetStoppedGradients,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
  tf,
} from "../tensor/tensorflow.ts";
import type { FrozenAutoencoder } from "../model/evaluation_mode.ts";
import { ReconstructionError, requireShape } from "./reconstruction_error.ts";

/** Anything that turns images [N, H, W, C] into images of the same shape. */
export type Reconstruct = (x: Tensor4D) => Tensor4D;

/** The same with other activations. */
export type ReconstructWith = NonNullable<FrozenAutoencoder["reconstructWith"]>;

/** A model as its maps see it. */
export interface MappedModel {
  /** g(f(x)). */
  reconstruct: Reconstruct;
  /**
   * The same with other activations, for maps that change how these are
   * differentiated; only models made of this project's layers have it.
   */
  reconstructWith?: ReconstructWith;
  /** The encoder's last block with feature maps, where it has any. */
  featureMaps?: string;
  /** Novelty scores beside r̄, by name, default: none. */
  scores?: FrozenAutoencoder["scores"];
}

/** The maps of a batch of images. The caller disposes of the tensors. */
export interface Maps {
  /** g(f(x)), [N, H, W, C]. */
  reconstruction: Tensor4D;
  /** r(x), equation 1, [N, H, W]; ≥ 0; with C channels their mean. */
  error: Tensor3D;
  /** d r̄ / d x with its sign, [N, H, W, C]. */
  gradient: Tensor4D;
  /** s(x), equation 3, [N, H, W]; ≥ 0; with C channels their maximum. */
  saliency: Tensor3D;
}

/**
 * The reconstruction-error map, equation 1 of the paper:
 * r(x) = (x − g(f(x)))², per pixel. With several channels their mean, so that
 * the mean over pixels is the reconstruction loss r̄ (equation 2).
 *
 * @param x images [N, H, W, C]
 * @param reconstruction their reconstructions, of the same shape
 * @returns [N, H, W], which the caller disposes of
 * @throws {ReconstructionError} when they are of another shape
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { tf } from "../tensor/tensorflow.ts";
 *
 * const map = errorMap(tf.ones([1, 1, 1, 1]), tf.fill([1, 1, 1, 1], 3));
 * assertEquals([...map.dataSync()], [4]);
 * ```
 */
export function errorMap(x: Tensor4D, reconstruction: Tensor4D): Tensor3D {
  requireShape(reconstruction, x);
  return tf.tidy(() => tf.mean(tf.squaredDifference(x, reconstruction), 3));
}

/**
 * Reconstruction, error map and saliency map in one pass forward and one back.
 * The saliency map is equation 3 of the paper, s(x) = |d r̄ / d x|
 * (Simonyan et al., 2014), where x stands on both sides of the square in r̄:
 * nothing is held constant. With several channels the maximum over them is
 * taken, as there. Not for use inside another gradient.
 *
 * @param reconstruct the model; must treat the images of a batch separately,
 * as every model in evaluation mode does
 * @param x images [N, H, W, C], for the project's models with values 0 to 1
 * @returns the maps of each image, which the caller disposes of
 * @throws {RangeError} when there is no image, or one holds a number that is not
 * finite
 * @throws {ReconstructionError} when `reconstruct` returns another shape, or
 * numbers that are not finite, or has a gradient that is not
 *
 * @example A model that returns black images: r̄ = mean(x²), so s = 2|x|/n
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { tf } from "../tensor/tensorflow.ts";
 *
 * const x = tf.tensor4d([1, -2], [1, 1, 2, 1]);
 * const { saliency } = computeMaps(tf.zerosLike, x);
 * assertEquals([...saliency.dataSync()], [1, 2]);
 * ```
 */
export function computeMaps(reconstruct: Reconstruct, x: Tensor4D): Maps {
  forgetStoppedGradients();
  let reconstruction: Tensor4D | undefined;
  try {
    return tf.tidy(() => {
      requireImages(x);
      // Images do not touch one another, so the gradient of the summed losses
      // holds each image's own.
      const summedLoss = (image: Tensor) => {
        const y = reconstruct(image as Tensor4D);
        requireShape(y, x);
        // A copy, out of reach of the gradient's clean-up: y may be the
        // caller's own, the image itself even.
        reconstruction = tf.keep(tf.clone(y));
        const pixels = x.size / x.shape[0];
        return tf.sum(tf.squaredDifference(image, reconstruction)).div(pixels);
      };
      const { value, grad } = tf.valueAndGrad(summedLoss)(x);
      requireFiniteLoss(value.dataSync()[0]);
      const gradient = grad as Tensor4D;
      requireFiniteGradient(gradient);
      return {
        // As a tensor that the surrounding tidy looks after.
        reconstruction: tf.clone(reconstruction!),
        error: errorMap(x, reconstruction!),
        gradient,
        saliency: tf.max(tf.abs(gradient), 3) as Tensor3D,
      };
    });
  } catch (error) {
    // What the gradient kept of a model that threw.
    forgetStoppedGradients();
    throw error;
  } finally {
    reconstruction?.dispose();
  }
}

function requireImages(x: Tensor4D) {
  if (x.shape[0] === 0) throw new RangeError("there is no image");
  if (!tf.all(tf.isFinite(x)).dataSync()[0]) {
    throw new RangeError("an image holds a number that is not finite");
  }
}

/** One number that is not finite anywhere makes the loss so. */
function requireFiniteLoss(loss: number) {
  if (!Number.isFinite(loss)) {
    throw new ReconstructionError(
      `the model's reconstructions are not finite (their loss is ${loss}); ` +
        "its weights may be damaged",
    );
  }
}

/** Of a finite loss the gradient may still be infinite, as that of a root at 0. */
function requireFiniteGradient(gradient: Tensor4D) {
  if (!tf.all(tf.isFinite(gradient)).dataSync()[0]) {
    throw new ReconstructionError(
      "the gradient of the loss is not finite; look for a root, a logarithm or " +
        "a division by 0 in the model",
    );
  }
}

/**
 * Scales each map to [0, 1] by its maximum (Section 3.1). A map without a
 * positive value stays as it is: there is nothing to scale.
 *
 * @param maps [N, H, W], ≥ 0
 * @returns [N, H, W]
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { tf } from "../tensor/tensorflow.ts";
 *
 * const scaled = scaleMaps(tf.tensor3d([1, 4, 0, 0], [2, 1, 2]));
 * assertEquals([...scaled.dataSync()], [0.25, 1, 0, 0]);
 * ```
 */
export function scaleMaps(maps: Tensor3D): Tensor3D {
  return tf.tidy(() => {
    const maximum = tf.max(maps, [1, 2], true);
    const divisor = tf.where(tf.greater(maximum, 0), maximum, 1);
    return tf.div(maps, divisor);
  });
}
