import { type Estimate, estimate } from "../../statistics/estimate.ts";
import { ATTRIBUTIONS } from "../../maps/attribution/mod.ts";
import { aupro } from "../../metrics/localization/aupro.ts";
import {
  pixelAuroc,
  pooledAuroc,
} from "../../metrics/localization/pixel_auroc.ts";
import {
  averagePrecision,
  pooledAveragePrecision,
} from "../../metrics/localization/average_precision.ts";
import {
  maskDistance,
  pointingGame,
  topKPrecision,
} from "../../metrics/localization/top_pixels.ts";
import type { Detection } from "./detection.ts";
import type { Reconstruct } from "../../maps/maps.ts";
import type { RandomGenerator } from "../../support/random.ts";
import { mean } from "../../statistics/mean.ts";
import { type Tensor4D, tf } from "../../tensor/tensorflow.ts";

/** An image, and which of its pixels are anomalous. */
export interface MaskedImage {
  /** Values 0 to 1, in row order. */
  image: Float32Array;
  /** 1 where the anomaly is. */
  mask: Uint8Array;
}

/** How well a map finds the anomalies of some images. */
export interface MapScores {
  /** Images scored. */
  images: number;
  /** Means over images. */
  pixelAuroc: Estimate;
  averagePrecision: Estimate;
  /** Share of the map's top K in the mask; K = size of the mask. */
  topKPrecision: Estimate;
  /** Share of images whose brightest pixel is in the mask. */
  pointingGame: Estimate;
  /** The paper's metric 2 with the mask in the error map's place, pixels. */
  maskDistance: Estimate;
  /** Over the pixels of all images together. */
  pooledAuroc: number;
  pooledAveragePrecision: number;
  /** Per-region overlap up to a false-positive rate of 0.3; chance is 0.15. */
  aupro: number;
}

/** Scores of one model by map, then by kind of anomaly. */
export type Race = Record<string, Record<string, MapScores>>;

/** A model, how its maps localize, and how scores made from them detect. */
export interface RacedModel {
  /** Epochs it was trained for, where its file tells. */
  epochs?: number;
  scores: Race;
  /** By score. */
  detection: Record<string, Detection>;
}

/**
 * A map's score, as the mean over the kinds of anomaly.
 *
 * @param kinds the map's scores
 * @param of which score
 */
export function meanOverKinds(
  kinds: Race[string],
  of: (scores: MapScores) => number,
): number {
  return mean(Object.values(kinds).map(of));
}

/** Images a batch of the slower maps. */
const BATCH = 50;

/**
 * One map of many images.
 *
 * @param name in {@linkcode ATTRIBUTIONS}
 * @param reconstruct the model
 * @param images of one size, one channel
 * @param options `width`: pixels in a row; `seed` of maps with noise;
 * `onProgress`: hears how many images are done
 * @returns one map an image, in row order
 */
export function mapsOf(
  name: string,
  reconstruct: Reconstruct,
  images: readonly MaskedImage[],
  { width, seed, onProgress = () => {} }: {
    width: number;
    seed: number;
    onProgress?: (done: number) => void;
  },
): Float32Array[] {
  const maps: Float32Array[] = [];
  for (let start = 0; start < images.length; start += BATCH) {
    const part = images.slice(start, start + BATCH);
    const pixels = part[0].image.length;
    const values = tf.tidy(() => {
      const x = tf.tensor(
        part.map(({ image }) => image),
        [part.length, pixels],
      ).reshape([part.length, pixels / width, width, 1]) as Tensor4D;
      return ATTRIBUTIONS[name](reconstruct, x, seed + start)
        .dataSync() as Float32Array;
    });
    for (let i = 0; i < part.length; i++) {
      maps.push(values.subarray(i * pixels, (i + 1) * pixels));
    }
    onProgress(maps.length);
  }
  return maps;
}

/**
 * Scores a map by every measure.
 *
 * @param maps one an image
 * @param masks one an image, each with an anomaly
 * @param options `width`: pixels in a row; `random`: for the intervals
 */
export function scoreMaps(
  maps: readonly Float32Array[],
  masks: readonly Uint8Array[],
  { width, random }: { width: number; random: RandomGenerator },
): MapScores {
  const each = (f: (map: Float32Array, mask: Uint8Array) => number) =>
    estimate(maps.map((map, i) => f(map, masks[i])), random);
  return {
    images: maps.length,
    pixelAuroc: each(pixelAuroc),
    averagePrecision: each(averagePrecision),
    topKPrecision: each(topKPrecision),
    pointingGame: each((map, mask) => Number(pointingGame(map, mask, width))),
    maskDistance: each((map, mask) => maskDistance(map, mask, width)),
    pooledAuroc: pooledAuroc(maps, masks),
    pooledAveragePrecision: pooledAveragePrecision(maps, masks),
    aupro: aupro(maps, masks, width),
  };
}
