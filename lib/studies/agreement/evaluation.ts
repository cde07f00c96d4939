import type { Images, LabelledImages } from "../../data/images.ts";
import { batchesOf, mapBatches } from "../../maps/batches.ts";
import { computeMaps, type Reconstruct } from "../../maps/maps.ts";
import { maximumDistance } from "../../metrics/best_match.ts";
import { mapMse } from "../../metrics/map_mse.ts";
import { agreement, topK } from "../../metrics/top_k.ts";
import { requireGroups } from "./groups.ts";
import { requireKs } from "./require_ks.ts";
import type { Tensor4D } from "../../tensor/tensorflow.ts";
import { mean } from "../../statistics/mean.ts";

/** What the paper measures of one image. */
export interface ImageResult {
  /** Place in the test file, from 0. */
  index: number;
  /** Its class. */
  label: number;
  /** Whether its class is none of the normal ones. */
  novel: boolean;
  /** r̄(x), equation 2. */
  reconstructionLoss: number;
  /** Metric 1 by K: shared pixels, 0 to K. */
  agreement: Record<number, number>;
  /** Metric 2 by K: pixels. */
  maxDistance: Record<number, number>;
  /** Mean squared error of the scaled maps (Finding 6). */
  mapMse: { saliency: number; squaredSaliency: number };
}

/** The numbers behind the maps of one image, and the size of a row. */
export interface MapPair {
  /** Saliency map, one number a pixel. */
  saliency: Float32Array;
  /** Reconstruction-error map, one number a pixel. */
  error: Float32Array;
  /** Pixels in a row. */
  width: number;
}

/**
 * All measures of the paper for one pair of maps.
 *
 * @param maps the saliency and the error map of an image
 * @param ks the values of K
 * @throws {RangeError} when a K is out of range or a map holds NaN
 *
 * @example Equal maps agree fully, at distance 0
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const map = Float32Array.of(4, 1, 2, 3);
 * const measured = measure({ saliency: map, error: map, width: 2 }, [2]);
 * assertEquals(measured.agreement[2], 2);
 * assertEquals(measured.maxDistance[2], 0);
 * ```
 */
export function measure(
  { saliency, error, width }: MapPair,
  ks: readonly number[],
): Omit<ImageResult, "index" | "label" | "novel"> {
  // One pass for the largest K; a smaller top K is the start of a larger.
  const largest = Math.max(...ks);
  requireKs(ks, saliency.length);
  const salient = topK(saliency, largest);
  const wrong = topK(error, largest);
  const sets = ks.map((k) =>
    [k, salient.slice(0, k), wrong.slice(0, k)] as const
  );
  const perK = (f: (s: number[], e: number[]) => number) =>
    Object.fromEntries(sets.map(([k, s, e]) => [k, f(s, e)]));
  return {
    reconstructionLoss: mean(error),
    agreement: perK(agreement),
    maxDistance: perK((s, e) => maximumDistance(s, e, width)),
    mapMse: mapMse(saliency, error),
  };
}

/**
 * Computes the maps of many images, batch by batch, and measures each pair.
 *
 * @param reconstruct the model
 * @param images with their labels
 * @param options which classes are normal, and the values of K
 * @yields the results batch by batch, in the order of the file
 * @throws {RangeError} before any work when a K is not from 1 to the number of
 * pixels, there are not as many labels as images, or the classes are no labels
 */
export function* evaluate(
  reconstruct: Reconstruct,
  images: LabelledImages,
  { normalClasses, ks }: {
    normalClasses: readonly number[];
    ks: readonly number[];
  },
): Generator<ImageResult[]> {
  requireGroups(images, normalClasses);
  requireKs(ks, images.width * images.height);
  let index = 0;
  for (const pairs of evaluationMaps(reconstruct, images)) {
    yield pairs.map((pair) => {
      const label = images.labels[index];
      const novel = !normalClasses.includes(label);
      return { index: index++, label, novel, ...measure(pair, ks) };
    });
  }
}

/**
 * The saliency and the error map of many images, batch by batch.
 *
 * @param reconstruct the model
 * @param images in the order of the result
 */
export function* evaluationMaps(
  reconstruct: Reconstruct,
  images: Images,
): Generator<MapPair[]> {
  const { width } = images;
  const maps = (x: Tensor4D) => {
    const { saliency, error } = computeMaps(reconstruct, x);
    return { saliency, error };
  };
  for (const batch of mapBatches(batchesOf(images), maps)) {
    yield batch.map(({ saliency, error }) => ({ saliency, error, width }));
  }
}
