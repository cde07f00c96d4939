import {
  countImages,
  type Images,
  type LabelledImages,
} from "../../data/images.ts";
import { type Estimate, estimate } from "../../statistics/estimate.ts";
import type { OnProgress } from "../../support/progress.ts";
import { anomalyStream } from "../../support/random.ts";
import { requireBothGroups } from "../agreement/groups.ts";
import { batchesOf, mapBatches } from "../../maps/batches.ts";
import { computeMaps, type Reconstruct } from "../../maps/maps.ts";
import { auroc } from "../../statistics/auroc.ts";
import { similarities } from "../../metrics/similarity/mod.ts";
import { spearman } from "../../metrics/similarity/spearman.ts";
import { type Tensor3D, type Tensor4D, tf } from "../../tensor/tensorflow.ts";

/** The two maps of an image; the gradient is the saliency map with its signs. */
export interface SignedMaps {
  /**
   * The saliency map with its signs, one number a pixel: of colour images that
   * of the channel in which it is largest, as in the saliency map.
   */
  gradient: Float32Array;
  /** The reconstruction-error map, one number a pixel. */
  error: Float32Array;
}

/**
 * The gradient and the error map of many images.
 *
 * @param reconstruct the model
 * @param images in the order of the result
 * @yields the maps batch by batch
 */
export function signedMaps(
  reconstruct: Reconstruct,
  images: Images,
): Generator<SignedMaps[]> {
  return mapBatches(batchesOf(images), (x) => {
    const { gradient, error } = computeMaps(reconstruct, x);
    return { gradient: strongestChannel(gradient), error };
  });
}

/** Of each pixel the number farthest from 0, [N, H, W, 1]. */
function strongestChannel(gradient: Tensor4D): Tensor4D {
  const channels = gradient.shape[3];
  if (channels === 1) return gradient;
  const strongest = tf.argMax(tf.abs(gradient), 3);
  const chosen = tf.oneHot(strongest as Tensor3D, channels);
  return tf.sum(tf.mul(gradient, chosen), 3, true) as Tensor4D;
}

/** One measure over many images. */
export interface MeasureComparison {
  /** Of saliency and error map of the same image, one number an image. */
  matched: number[];
  /** Of an image's saliency map and another image's error map. */
  mismatched: number[];
  /**
   * AUROC of matched against mismatched pairs, ties counting half; 0.5 when the
   * measure cannot tell them apart.
   */
  separation: number;
}

/**
 * What each measure says of saliency and error maps, and what it says where
 * there is nothing to find: of the saliency map of one image and the error map
 * of the one half of all images farther on, since neighbours may be pieces of
 * one picture, or of one class. A measure that is as high there measures
 * something else.
 *
 * @param maps of at least two images
 * @param width pixels in a row
 * @param onDone called and awaited with the number of images that are done
 * @returns by the names of `SIMILARITIES`
 * @throws {RangeError} when there are fewer than two images, or a measure is
 * undefined for a pair
 */
export async function compareMeasures(
  maps: readonly SignedMaps[],
  width: number,
  onDone: (done: number) => void | Promise<void> = () => {},
): Promise<Record<string, MeasureComparison>> {
  if (maps.length < 2) {
    throw new RangeError("measures are compared over two images or more");
  }
  const comparison: Record<string, MeasureComparison> = {};
  const note = (kind: "matched" | "mismatched", of: Record<string, number>) => {
    for (const [name, value] of Object.entries(of)) {
      comparison[name] ??= { matched: [], mismatched: [], separation: 0 };
      comparison[name][kind].push(value);
    }
  };
  const half = Math.floor(maps.length / 2);
  for (const [i, { gradient, error }] of maps.entries()) {
    const other = maps[(i + half) % maps.length].error;
    note("matched", similarities(gradient, error, width));
    note("mismatched", similarities(gradient, other, width));
    await onDone(i + 1);
  }
  for (const measure of Object.values(comparison)) {
    measure.separation = auroc(measure.mismatched, measure.matched);
  }
  return comparison;
}

/**
 * Whether two measures rank images alike: Spearman's correlation over images,
 * for each pair of measures.
 *
 * @param values by measure, one number an image
 * @returns by measure and measure, −1 to 1; null where a measure gives every
 * image the same number, which has no rank
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const ranks = rankCorrelations({ a: [1, 2, 3], b: [30, 20, 10] });
 * assertEquals(ranks.a, { a: 1, b: -1 });
 * ```
 */
export function rankCorrelations(
  values: Record<string, number[]>,
): Record<string, Record<string, number | null>> {
  const names = Object.keys(values);
  const isConstant = (name: string) =>
    values[name].every((value) => value === values[name][0]);
  const correlation = (a: string, b: string) =>
    isConstant(a) || isConstant(b) ? null : spearman(values[a], values[b]);
  return Object.fromEntries(names.map((a) => [
    a,
    Object.fromEntries(names.map((b) => [b, correlation(a, b)])),
  ]));
}

/** One measure of saliency and error maps, summed up. */
export interface MeasureRow {
  /** Its name in `SIMILARITIES`. */
  measure: string;
  /** Mean over the normal images. */
  normal: Estimate;
  /** As `normal`, of novel images. */
  novel: Estimate;
  /** Mean of the saliency map of one image and the error map of another. */
  mismatched: Estimate;
  /** AUROC of matched against mismatched pairs, ties counting half. */
  separation: number;
}

/** What is found of all measures. */
export interface SimilarityStudy {
  /** One a measure. */
  rows: MeasureRow[];
  /** Do two measures rank images alike? From {@linkcode rankCorrelations}. */
  correlations: Record<string, Record<string, number | null>>;
}

/**
 * Every measure of likeness of saliency and error maps, of normal and novel
 * images apart (Section 2.3 of the paper).
 *
 * @param reconstruct the model
 * @param images at least two, with their labels
 * @param options `normalClasses`; `onProgress` is called after each batch of
 * maps and each image measured
 * @throws {RangeError} before any work when a group has fewer than two images,
 * and when a measure is undefined for a pair
 */
export async function compareSimilarities(
  reconstruct: Reconstruct,
  images: LabelledImages,
  { normalClasses, onProgress = () => {} }: {
    normalClasses: readonly number[];
    onProgress?: OnProgress;
  },
): Promise<SimilarityStudy> {
  requireBothGroups(images, normalClasses);
  const total = 2 * countImages(images);
  const maps: SignedMaps[] = [];
  for (const batch of signedMaps(reconstruct, images)) {
    maps.push(...batch);
    await onProgress(maps.length / total, "maps");
  }
  const compared = await compareMeasures(
    maps,
    images.width,
    (done) => onProgress((maps.length + done) / total, "measures"),
  );
  const random = anomalyStream(0);
  const isNovel = (_: number, i: number) =>
    !normalClasses.includes(images.labels[i]);
  const rows = Object.entries(compared).map(([measure, of]): MeasureRow => ({
    measure,
    normal: estimate(of.matched.filter((v, i) => !isNovel(v, i)), { random }),
    novel: estimate(of.matched.filter(isNovel), { random }),
    mismatched: estimate(of.mismatched, { random }),
    separation: of.separation,
  }));
  const matched = Object.entries(compared)
    .map(([measure, { matched }]) => [measure, matched] as const);
  return { rows, correlations: rankCorrelations(Object.fromEntries(matched)) };
}
