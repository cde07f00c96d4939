import {
  ANOMALIES,
  type AnomalyKind,
  makeAnomalies,
} from "../../data/anomalies/mod.ts";
import type { LabelledImages } from "../../data/images.ts";
import { ATTRIBUTIONS } from "../../maps/attribution/mod.ts";
import { mapBatches } from "../../maps/batches.ts";
import type { Reconstruct } from "../../maps/maps.ts";
import type { OnProgress } from "../../support/progress.ts";
import { anomalyStream } from "../../support/random.ts";
import { type Tensor4D, tf } from "../../tensor/tensorflow.ts";
import type { Detection } from "./detection.ts";
import { type MapScores, scoreMaps } from "./scores.ts";

/** An image, and which of its pixels are anomalous. */
export interface MaskedImage {
  /** Values 0 to 1, in row order. */
  image: Float32Array;
  /** 1 where the anomaly is. */
  mask: Uint8Array;
}

/** Scores of one model by map, then by kind of anomaly. */
export type LocalizationBenchmark = Record<string, Record<string, MapScores>>;

/** A model, how its maps localize, and how scores made from them detect. */
export interface BenchmarkedModel {
  /** Epochs it was trained for, where its file tells. */
  epochs?: number;
  /** How well each map finds the anomalies. */
  scores: LocalizationBenchmark;
  /** By score. */
  detection: Record<string, Detection>;
}

/** What the benchmark computes. */
export interface BenchmarkPlan {
  /** Labels of the normal images. */
  normalClasses: readonly number[];
  /** Anomalous images of each kind; at most one of each normal image. */
  count: number;
  /** The same for maps of many passes (default: `count`); 0 leaves them out. */
  slow?: number;
  /** Decides images, anomalies, noise and intervals. */
  seed: number;
  /** Names in {@linkcode ATTRIBUTIONS} (default: all). */
  maps?: readonly string[];
}

const KINDS = Object.keys(ANOMALIES) as AnomalyKind[];
/** Streams beside those that draw the anomalies. */
const INTERVAL_STREAM = 20;
const NOISE_STREAM = 21;
/** A map of more passes is slow. */
const FEW_PASSES = 20;
/** Images a batch; the noise of a map is drawn anew for each batch. */
const BATCH = 50;

/** One map of one kind of anomaly: a piece of the benchmark. */
interface Piece {
  map: string;
  kind: AnomalyKind;
  images: readonly MaskedImage[];
  noiseSeed: number;
}

/**
 * The localization benchmark: puts anomalies of every kind on normal images,
 * and scores how well each map finds their pixels.
 *
 * @param reconstruct the model
 * @param test images with their labels
 * @param options what is computed; `onProgress` is called after each batch
 * @returns scores by map, then by kind
 * @throws {RangeError} when a name in `maps` is no map's
 */
export async function benchmarkMaps(
  reconstruct: Reconstruct,
  test: LabelledImages,
  { onProgress = () => {}, ...plan }: BenchmarkPlan & {
    onProgress?: OnProgress;
  },
): Promise<LocalizationBenchmark> {
  const pieces = planPieces(test, plan);
  const total = pieces.reduce((sum, piece) => sum + cost(piece), 0);
  const { width } = test;
  const random = anomalyStream(plan.seed, INTERVAL_STREAM);
  const scores: LocalizationBenchmark = {};
  let before = 0;
  for (const piece of pieces) {
    const { map, kind, images, noiseSeed } = piece;
    const maps: Float32Array[] = [];
    const options = { width, seed: noiseSeed };
    for (const batch of attributionBatches(map, reconstruct, images, options)) {
      maps.push(...batch);
      const done = maps.length / images.length;
      await onProgress((before + done * cost(piece)) / total, map);
    }
    before += cost(piece);
    const masks = images.map(({ mask }) => mask);
    (scores[map] ??= {})[kind] = scoreMaps(maps, masks, { width, random });
  }
  return scores;
}

function planPieces(
  test: LabelledImages,
  { normalClasses, seed, maps = Object.keys(ATTRIBUTIONS), ...plan }:
    BenchmarkPlan,
): Piece[] {
  // Each image once: an interval over images counts them as independent.
  const normal = test.labels.filter((label) => normalClasses.includes(label));
  const count = Math.min(plan.count, normal.length);
  const slow = Math.min(plan.slow ?? count, count);
  const countOf = (map: string) =>
    attribution(map).passes > FEW_PASSES ? slow : count;
  // Each kind has noise of its own.
  const noise = anomalyStream(seed, NOISE_STREAM);
  const kinds = KINDS.map((kind) => ({
    kind,
    noiseSeed: noise.next() >>> 0,
    images: makeAnomalies(kind, test, { normalClasses, seed, count }),
  }));
  return maps.filter((map) => countOf(map) > 0).flatMap((map) =>
    kinds.map(({ images, ...kind }) => ({
      ...kind,
      map,
      images: images.slice(0, countOf(map)),
    }))
  );
}

/** Time is that of the passes; a map without any takes some, too. */
function cost({ map, images }: Piece): number {
  return images.length * Math.max(1, attribution(map).passes);
}

function attribution(name: string) {
  if (Object.hasOwn(ATTRIBUTIONS, name)) return ATTRIBUTIONS[name];
  throw new RangeError(
    `there is no map "${name}"; choose from ${
      Object.keys(ATTRIBUTIONS).join(", ")
    }`,
  );
}

/**
 * One map of many images.
 *
 * @param name in {@linkcode ATTRIBUTIONS}
 * @param reconstruct the model
 * @param images of one size, one channel
 * @param options `width`: pixels in a row; `seed` of maps with noise
 * @returns one map an image, in row order
 * @throws {RangeError} when `name` is no map's
 */
export function attributionMaps(
  name: string,
  reconstruct: Reconstruct,
  images: readonly MaskedImage[],
  options: { width: number; seed: number },
): Float32Array[] {
  return [...attributionBatches(name, reconstruct, images, options)].flat();
}

function* attributionBatches(
  name: string,
  reconstruct: Reconstruct,
  images: readonly MaskedImage[],
  { width, seed }: { width: number; seed: number },
): Generator<Float32Array[]> {
  const { map } = attribution(name);
  const source = {
    count: images.length,
    batch: (start: number, end: number) =>
      toTensor(images.slice(start, end), width),
  };
  const batches = mapBatches(
    source,
    (x, start) => ({ values: map(reconstruct, x, seed + start) }),
    { size: BATCH },
  );
  for (const batch of batches) yield batch.map(({ values }) => values);
}

function toTensor(images: readonly MaskedImage[], width: number) {
  const height = images[0].image.length / width;
  const shape = [images.length, images[0].image.length];
  return tf.tensor(images.map(({ image }) => image), shape)
    .reshape([images.length, height, width, 1]) as Tensor4D;
}
