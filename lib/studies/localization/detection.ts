import { percentileOf } from "../../statistics/percentile.ts";
import { evaluationMaps } from "../agreement/evaluation.ts";
import {
  countImages,
  type Images,
  type LabelledImages,
  toBatch,
} from "../../data/images.ts";
import { averagePrecision } from "../../metrics/localization/average_precision.ts";
import type { MappedModel } from "../../maps/maps.ts";
import type { MapData } from "../../metrics/map_data.ts";
import { auroc } from "../../statistics/auroc.ts";
import { aurocWithoutClass } from "../left_out.ts";
import { requireBothGroups } from "../agreement/groups.ts";
import type { Estimate } from "../../statistics/estimate.ts";
import type { OnProgress } from "../../support/progress.ts";
import { anomalyStream, type RandomGenerator } from "../../support/random.ts";
import { bootstrapGroupsInterval } from "../../statistics/bootstrap.ts";
import { tf } from "../../tensor/tensorflow.ts";

/** A stream beside those that draw anomalies. */
const INTERVAL_STREAM = 20;
/** Of the training images' scores; above them an image is called novel. */
const PERCENTILES = [95, 99];

/** Novelty scores of images, by name: one number an image, higher is novel. */
export type NoveltyScores = Record<string, Float64Array>;

/** How well a score tells novel from normal images. */
export interface Detection {
  /** Over the test images, with its bootstrap interval of 95 %. */
  auroc: Estimate;
  /** Of the novel images; of many, their share is what chance gives. */
  averagePrecision: number;
  /**
   * AUROC without the images of a class, by label ({@linkcode aurocWithoutClass});
   * records from before it was measured have none.
   */
  withoutClass?: Record<number, number>;
  /** What is called novel above a percentile of the training images' scores. */
  thresholds: {
    /** For instance 99. */
    percentile: number;
    threshold: number;
    /** False-positive rate: share of the normal test images above it. */
    fpr: number;
    /** True-positive rate: share of the novel test images above it. */
    tpr: number;
  }[];
}

/**
 * Novelty scores of whole images: the reconstruction loss r̄, which most
 * methods use, and the Euclidean norm of the saliency map, which says
 * how steeply r̄ changes with the image; then the model's own scores.
 *
 * @param model and its scores
 * @param images any number
 * @yields the scores batch by batch, in order
 *
 * @example A model that returns black images: r̄ = mean(x²), s = 2|x|/n
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { tf } from "../../tensor/tensorflow.ts";
 *
 * const white = { width: 2, height: 2, channels: 1, pixels: new Uint8Array(4).fill(255) };
 * const [scores] = noveltyScores({ reconstruct: tf.zerosLike }, white);
 * assertEquals([...scores["reconstruction loss"]], [1]);
 * assertEquals([...scores["norm of the saliency map"]], [1]);
 * ```
 */
export function* noveltyScores(
  { reconstruct, scores = {} }: MappedModel,
  images: Images,
): Generator<NoveltyScores> {
  const sum = (map: Float32Array, f: (value: number) => number) => {
    let total = 0;
    for (let i = 0; i < map.length; i++) total += f(map[i]);
    return total;
  };
  let start = 0;
  for (const maps of evaluationMaps(reconstruct, images)) {
    const batch = Array.from(maps, (_, i) => start + i);
    start += maps.length;
    yield {
      "reconstruction loss": Float64Array.from(
        maps,
        ({ error }) => sum(error, (r) => r) / error.length,
      ),
      "norm of the saliency map": Float64Array.from(
        maps,
        ({ saliency }) => Math.sqrt(sum(saliency, (s) => s * s)),
      ),
      ...ownScores(scores, images, batch),
    };
  }
}

/** The model's own scores of some images. */
function ownScores(
  scores: NonNullable<MappedModel["scores"]>,
  images: Images,
  chosen: number[],
): NoveltyScores {
  const values = Object.entries(scores).map(([name, score]) => {
    const tensor = tf.tidy(() => score(toBatch(images, chosen)));
    const numbers = Float64Array.from(tensor.dataSync());
    tensor.dispose();
    return [name, numbers];
  });
  return Object.fromEntries(values);
}

/**
 * How well each novelty score tells the novel test images from the normal
 * ones, with thresholds from the images the model was trained on.
 *
 * @param model and its scores
 * @param images `training`: those it was trained on; `test` with their labels
 * @param options `normalClasses`; `onProgress` is called after each batch
 * @returns by score; intervals are drawn with one seed
 * @throws {RangeError} before any work when there is no training image, or a
 * group of the test images has fewer than two
 */
export async function detectNovelty(
  model: MappedModel,
  { training, test }: { training: Images; test: LabelledImages },
  { normalClasses, onProgress = () => {} }: {
    normalClasses: readonly number[];
    onProgress?: OnProgress;
  },
): Promise<Record<string, Detection>> {
  if (countImages(training) === 0) {
    throw new RangeError("there is no image that the model was trained on");
  }
  requireBothGroups(test, normalClasses);
  const total = countImages(training) + countImages(test);
  let done = 0;
  const scoresOf = async (images: Images, label: string) => {
    const all: Record<string, number[]> = {};
    for (const batch of noveltyScores(model, images)) {
      for (const [name, scores] of Object.entries(batch)) {
        (all[name] ??= []).push(...scores);
      }
      done += Object.values(batch)[0].length;
      await onProgress(done / total, label);
    }
    return all;
  };
  const known = await scoresOf(training, "training images");
  const tested = await scoresOf(test, "test images");
  const isNovel = (_: number, i: number) =>
    !normalClasses.includes(test.labels[i]);
  return Object.fromEntries(
    Object.entries(tested).map(([name, scores]) => {
      const found = detection({
        training: known[name],
        normal: scores.filter((score, i) => !isNovel(score, i)),
        novel: scores.filter(isNovel),
      }, { random: anomalyStream(0, INTERVAL_STREAM) });
      const withoutClass = aurocWithoutClass(
        scores,
        test.labels,
        normalClasses,
      );
      return [name, { ...found, withoutClass }];
    }),
  );
}

/**
 * How well a score detects novel images. The thresholds are percentiles of the
 * scores of the images the model was trained on, as Richter & Roy ("Safe
 * Visual Navigation via Deep Learning and Novelty Detection", RSS 2017) put
 * theirs at the 99th of the training losses: no novel image is needed to set
 * them.
 *
 * @param scores of training images, and of normal and novel test images
 * @param options `random`: for the interval
 * @throws {RangeError} when a group has fewer than two scores or there is no
 * training score, or one is not finite
 */
export function detection(
  { training, normal, novel }: {
    training: MapData;
    normal: MapData;
    novel: MapData;
  },
  { random }: { random: RandomGenerator },
): Detection {
  const both = [...Array.from(normal), ...Array.from(novel)];
  const isNovel = Uint8Array.from(both, (_, i) => Number(i >= normal.length));
  const above = (scores: MapData, threshold: number) =>
    Array.from(scores).filter((score) => score > threshold).length /
    scores.length;
  return {
    auroc: {
      mean: auroc(normal, novel),
      ...bootstrapGroupsInterval(normal, novel, auroc, {
        resamples: 1000,
        random,
      }),
    },
    averagePrecision: averagePrecision(both, isNovel),
    thresholds: PERCENTILES.map((percentile) => {
      const threshold = percentileOf(training, percentile);
      return {
        percentile,
        threshold,
        fpr: above(normal, threshold),
        tpr: above(novel, threshold),
      };
    }),
  };
}
