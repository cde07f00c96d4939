import {
  countImages,
  imageValues,
  type LabelledImages,
} from "../data/images.ts";
import { batchesOf, mapBatches } from "../maps/batches.ts";
import { computeMaps, type Reconstruct } from "../maps/maps.ts";
import {
  backpropagatedCosine,
  residualRatio,
} from "../metrics/backpropagated_residual.ts";
import { agreement, topK } from "../metrics/top_k.ts";
import { type Estimate, estimate } from "../statistics/estimate.ts";
import type { OnProgress } from "../support/progress.ts";
import { anomalyStream } from "../support/random.ts";
import { gaussian } from "../tensor/gaussian_noise.ts";
import { type Tensor, type Tensor4D, tf } from "../tensor/tensorflow.ts";
import { type Groups, requireBothGroups } from "./agreement/groups.ts";
import { rankCorrelations } from "./similarity/comparison.ts";

/** What comes back through a model, beside what its two maps share. */
export interface ResidualStudy {
  /** ‖Jᵀr‖ / ‖r‖ of the residual r, from `residualRatio`. */
  ratio: Groups<Estimate>;
  /**
   * The same of the residual with random signs, of all images: of as large
   * differences in the same places, but none that the model made.
   */
  randomSigns: Estimate;
  /** Cosine of the angle between r and Jᵀr, of all images; at 1 maps agree. */
  cosine: Estimate;
  /** Pixels that the two maps share of the K brightest. */
  agreement: Groups<Estimate>;
  /**
   * Spearman's correlation of ratio and agreement over all images; null where
   * the agreement is the same in all.
   */
  correlation: number | null;
  /** Of each group the image whose ratio is the median, the lower of two. */
  typical: Groups<number>;
}

/** A study of one model among several. */
export interface NamedResidualStudy extends ResidualStudy {
  /** What tells the model from the others, such as "memory, seed 0, 50 epochs". */
  name: string;
  /** Its autoencoder, such as "memory". */
  model: string;
  /** Pixels of the agreement. */
  k: number;
}

/**
 * How much of the residual comes back through a model, and how well its
 * saliency and its error map agree, which differ through that alone.
 *
 * @param reconstruct the model
 * @param images with their labels
 * @param options `normalClasses`; `k`, pixels of the top-K agreement (default:
 * 10); `onProgress` is called after each batch
 * @throws {RangeError} before any work when a group has fewer than two images,
 * and when an image is reconstructed exactly
 *
 * @example A model that returns half of each image: J = I/2, and both maps agree
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { tf } from "../tensor/tensorflow.ts";
 * import type { Tensor4D } from "../tensor/tensorflow.ts";
 *
 * const images = {
 *   ...{ height: 1, width: 2, channels: 1, labels: Uint8Array.of(0, 0, 5, 5) },
 *   pixels: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
 * };
 * const half = (x: Tensor4D) => tf.mul<Tensor4D>(x, 0.5);
 * const study = await studyResidual(half, images, { normalClasses: [0], k: 1 });
 * assertAlmostEquals(study.ratio.novel.mean, 0.5, 1e-6);
 * assertAlmostEquals(study.agreement.novel.mean, 1);
 * ```
 */
export async function studyResidual(
  reconstruct: Reconstruct,
  images: LabelledImages,
  { normalClasses, k = 10, onProgress = () => {} }: {
    normalClasses: readonly number[];
    k?: number;
    onProgress?: OnProgress;
  },
): Promise<ResidualStudy> {
  requireBothGroups(images, normalClasses);
  const count = countImages(images);
  const ratios: number[] = [];
  const randomSigns: number[] = [];
  const cosines: number[] = [];
  const agreements: number[] = [];
  for (const batch of passes(reconstruct, images)) {
    for (const { reconstruction, ...maps } of batch) {
      const x = imageValues(images, ratios.length);
      const residual = x.map((value, i) => value - reconstruction[i]);
      ratios.push(residualRatio(residual, maps.gradient));
      randomSigns.push(Math.sqrt(maps.signed[0]));
      cosines.push(backpropagatedCosine(residual, maps.gradient));
      agreements.push(agreement(topK(maps.saliency, k), topK(maps.error, k)));
    }
    await onProgress(ratios.length / count, "maps");
  }
  const random = anomalyStream(0);
  const isNovel = (_: number, i: number) =>
    !normalClasses.includes(images.labels[i]);
  const byGroup = (values: number[]): Groups<Estimate> => ({
    normal: estimate(values.filter((v, i) => !isNovel(v, i)), { random }),
    novel: estimate(values.filter(isNovel), { random }),
  });
  const typical = (novel: boolean) => {
    const own = ratios.map((ratio, i) => ({ ratio, i }))
      .filter(({ ratio, i }) => isNovel(ratio, i) === novel)
      .sort((a, b) => a.ratio - b.ratio);
    return own[Math.ceil(own.length / 2) - 1].i;
  };
  return {
    ratio: byGroup(ratios),
    randomSigns: estimate(randomSigns, { random }),
    cosine: estimate(cosines, { random }),
    agreement: byGroup(agreements),
    correlation: rankCorrelations({ ratios, agreements }).ratios.agreements,
    typical: { normal: typical(false), novel: typical(true) },
  };
}

/**
 * Whether the maps of models part as more of the residual comes back: Spearman's
 * correlation of the mean ratio and the mean agreement of normal images.
 *
 * @param studies one a model
 * @returns −1 to 1; null of fewer than three models, or where all have one
 * ratio or one agreement
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(correlationOverModels([]), null);
 * ```
 */
export function correlationOverModels(
  studies: readonly ResidualStudy[],
): number | null {
  if (studies.length < 3) return null;
  return rankCorrelations({
    ratios: studies.map(({ ratio }) => ratio.normal.mean),
    agreements: studies.map(({ agreement }) => agreement.normal.mean),
  }).ratios.agreements;
}

/** Both maps, and what comes back with random signs, batch by batch. */
function passes(reconstruct: Reconstruct, images: LabelledImages) {
  return mapBatches(batchesOf(images), (x, start) => {
    const { reconstruction, gradient, saliency, error } = computeMaps(
      reconstruct,
      x,
    );
    const residual = tf.sub<Tensor4D>(x, reconstruction);
    const signs = tf.sign(gaussian<Tensor4D>(x.shape, 1, start));
    const signed = squaredRatios(reconstruct, x, tf.mul(residual, signs));
    return { reconstruction, gradient, saliency, error, signed };
  });
}

/** ‖Jᵀu‖² / ‖u‖² of one u an image, [N]. */
function squaredRatios(
  reconstruct: Reconstruct,
  x: Tensor4D,
  u: Tensor4D,
): Tensor {
  // The gradient of ⟨g(f(x)), u⟩ is Jᵀu.
  const product = (image: Tensor) =>
    tf.sum(tf.mul(reconstruct(image as Tensor4D), u));
  const squared = (values: Tensor) => tf.sum(tf.square(values), [1, 2, 3]);
  return tf.div(squared(tf.grad(product)(x)), squared(u));
}
