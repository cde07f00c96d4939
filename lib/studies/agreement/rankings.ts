import type { LabelledImages } from "../../data/images.ts";
import { batchesOf, mapBatches } from "../../maps/batches.ts";
import { computeMaps, type Reconstruct } from "../../maps/maps.ts";
import { maximumDistance } from "../../metrics/best_match.ts";
import { mapMse } from "../../metrics/map_mse.ts";
import { sharedAtEveryK } from "../../metrics/top_k.ts";
import { type Tensor, type Tensor4D, tf } from "../../tensor/tensorflow.ts";
import { mean } from "../../statistics/mean.ts";
import type { ImageResult } from "./evaluation.ts";
import type { Groups } from "./groups.ts";
import { requireKs } from "./require_ks.ts";

/**
 * All pixels of both maps of one image, from the largest value to the smallest,
 * and what does not depend on K. The measures for any K follow from it, without
 * the maps: 4 bytes a pixel, 31 MB for MNIST's 10,000 test images.
 */
export interface MapRankings {
  /** The saliency map's pixels in the order of `topK`. */
  saliency: Uint16Array;
  /** The error map's. */
  error: Uint16Array;
  /** Pixels in a row. */
  width: number;
  /** Mean reconstruction error r̄ of the image. */
  reconstructionLoss: number;
  /** Mean squared error between the scaled maps. */
  mapMse: { saliency: number; squaredSaliency: number };
}

/** As many as the 16 bits of an index tell apart. */
const MOST_PIXELS = 2 ** 16;

/**
 * Computes the maps of many images and ranks their pixels, batch by batch.
 *
 * @param reconstruct the model
 * @param images of at most 65,536 pixels
 * @yields the rankings of each image of a batch
 * @throws {RangeError} when an image has more pixels, or a map holds NaN
 */
export function* rankMaps(
  reconstruct: Reconstruct,
  images: LabelledImages,
): Generator<MapRankings[]> {
  const { width, height } = images;
  if (width * height > MOST_PIXELS) {
    throw new RangeError(
      `images of ${
        width * height
      } pixels cannot be ranked; at most ${MOST_PIXELS}`,
    );
  }
  const compute = (x: Tensor4D) => {
    const { saliency, error } = computeMaps(reconstruct, x);
    return {
      ...{ saliency, error },
      saliencyOrder: order(saliency),
      errorOrder: order(error),
    };
  };
  for (const batch of mapBatches(batchesOf(images), compute)) {
    yield batch.map(({ saliency, error, saliencyOrder, errorOrder }) => {
      return {
        saliency: Uint16Array.from(saliencyOrder),
        error: Uint16Array.from(errorOrder),
        width,
        reconstructionLoss: mean(error),
        mapMse: mapMse(saliency, error),
      };
    });
  }
}

/** Pixels from the largest to the smallest; of equals the lower index first. */
function order(maps: Tensor): Tensor {
  const [images, height, width] = maps.shape;
  const flat = tf.reshape(maps, [images, height * width]);
  return tf.topk(flat, height * width, true).indices;
}

/**
 * The paper's measures of ranked images, for any K.
 *
 * @param rankings one an image
 * @param labels the class of each
 * @param options which classes are normal, and the values of K
 * @returns what `evaluate` gives, in the same order
 * @throws {RangeError} when a K is not a whole number from 1 to the pixels
 */
export function measureRankings(
  rankings: readonly MapRankings[],
  labels: ArrayLike<number>,
  { normalClasses, ks }: {
    normalClasses: readonly number[];
    ks: readonly number[];
  },
): ImageResult[] {
  return rankings.map((ranking, index) => {
    const { saliency, error, width, reconstructionLoss, mapMse } = ranking;
    requireKs(ks, saliency.length);
    const shared = sharedAtEveryK(saliency, error);
    const distance = (k: number) =>
      maximumDistance(
        Array.from(saliency.subarray(0, k)),
        Array.from(error.subarray(0, k)),
        width,
      );
    return {
      ...{ index, label: labels[index] },
      novel: !normalClasses.includes(labels[index]),
      reconstructionLoss,
      agreement: Object.fromEntries(ks.map((k) => [k, shared[k - 1]])),
      maxDistance: Object.fromEntries(ks.map((k) => [k, distance(k)])),
      mapMse,
    };
  });
}

/**
 * Top-K agreement for every K at once: the mean over the images of a group,
 * divided by K.
 *
 * @param rankings one an image
 * @param labels the class of each
 * @param normalClasses classes that are normal
 * @returns by group the shares for K = 1, 2, …, all pixels
 * @throws {RangeError} when a group has no image
 */
export function rankedAgreementShares(
  rankings: readonly MapRankings[],
  labels: ArrayLike<number>,
  normalClasses: readonly number[],
): Groups<number[]> {
  const shares = (novel: boolean) => {
    const own = rankings.filter((_, i) =>
      novel !== normalClasses.includes(labels[i])
    );
    if (own.length === 0) {
      throw new RangeError(`there is no ${novel ? "novel" : "normal"} image`);
    }
    const sums = new Float64Array(own[0].saliency.length);
    for (const ranking of own) {
      sharedAtEveryK(ranking.saliency, ranking.error).forEach((n, i) =>
        sums[i] += n
      );
    }
    return Array.from(sums, (sum, i) => sum / own.length / (i + 1));
  };
  return { normal: shares(false), novel: shares(true) };
}

/**
 * How many images have each top-K agreement, as `summarise` counts them.
 *
 * @param rankings one an image
 * @param labels the class of each
 * @param options which classes are normal, and the values of K
 * @returns by K and group, images per agreement value, 0 to K
 * @throws {RangeError} when a K is not a whole number from 1 to the pixels
 */
export function countRankedAgreements(
  rankings: readonly MapRankings[],
  labels: ArrayLike<number>,
  { normalClasses, ks }: {
    normalClasses: readonly number[];
    ks: readonly number[];
  },
): Record<string, Groups<number[]>> {
  requireKs(ks, rankings[0].saliency.length);
  const zeros = (k: number): number[] => Array(k + 1).fill(0);
  const counts = Object.fromEntries(
    ks.map((k) => [k, { normal: zeros(k), novel: zeros(k) }]),
  );
  rankings.forEach((ranking, i) => {
    const group = normalClasses.includes(labels[i]) ? "normal" : "novel";
    const shared = sharedAtEveryK(ranking.saliency, ranking.error);
    for (const k of ks) counts[k][group][shared[k - 1]]++;
  });
  return counts;
}
