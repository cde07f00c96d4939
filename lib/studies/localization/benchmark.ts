import { requireGroups } from "../agreement/groups.ts";
import {
  ANOMALIES,
  type AnomalyKind,
  makeAnomalies,
} from "../../data/anomalies/mod.ts";
import type { LabelledImages } from "../../data/images.ts";
import {
  type Attribution,
  attributionNamed,
  attributionsOf,
} from "../../maps/attribution/mod.ts";
import { mapBatches } from "../../maps/batches.ts";
import type { MappedModel } from "../../maps/maps.ts";
import { requireCounts } from "../../support/require_counts.ts";
import type { OnProgress } from "../../support/progress.ts";
import { anomalyStream, shuffle } from "../../support/random.ts";
import { type Tensor4D, tf } from "../../tensor/tensorflow.ts";
import type { Detection } from "./detection.ts";
import { type MaskedImage, realDefects } from "./real_defects.ts";
import { type MapScores, scoreMaps } from "./scores.ts";

/** Scores of one model by map, then by kind of anomaly. */
export type LocalizationBenchmark = Record<string, Record<string, MapScores>>;

/** A model, how its maps localize, and how scores made from them detect. */
export interface BenchmarkedModel {
  /** Which autoencoder (records from before there were others: the paper's). */
  model?: string;
  /** Which test set, where the record tells. */
  data?: string;
  /** What the model learnt, if not the normal classes of these data. */
  learnt?: string;
  /** What moved batch norm's statistics after an epoch, if not as the authors. */
  passes?: string;
  /** Batch norm's running statistics, if not those that training left. */
  statistics?: string;
  /** Labels of the normal images. */
  normalClasses?: number[];
  /** Decided its training, where its file tells. */
  seed?: number;
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
  /** Names in {@linkcode attributionsOf} (default: all that the model has). */
  maps?: readonly string[];
}

const KINDS = Object.keys(ANOMALIES) as AnomalyKind[];
/** Streams beside those that draw the anomalies. */
const INTERVAL_STREAM = 20;
const NOISE_STREAM = 21;
const ORDER_STREAM = 22;
/** A map of more passes is slow. */
const FEW_PASSES = 20;
/** Images a batch; the noise of a map is drawn anew for each batch. */
const BATCH = 50;

/** One map of one kind of anomaly: a piece of the benchmark. */
interface Piece {
  name: string;
  map: Attribution;
  kind: string;
  images: readonly MaskedImage[];
  noiseSeed: number;
}

/**
 * The localization benchmark: puts anomalies of every kind on normal images,
 * and scores how well each map finds their pixels.
 *
 * @param model whose maps are scored
 * @param test images with their labels
 * @param options what is computed; `classes`: names of all (default: the ten
 * digits); `onProgress` is called after each batch
 * @returns scores by map, then by kind
 * @throws {RangeError} when a name in `maps` is no map's, a count no whole
 * number from 2 (`slow`: or 0), or no anomalies can be made on such images
 */
export async function benchmarkMaps(
  model: MappedModel,
  test: LabelledImages,
  { onProgress, classes, ...plan }: BenchmarkPlan & {
    classes?: readonly string[];
    onProgress?: OnProgress;
  },
): Promise<LocalizationBenchmark> {
  requirePlan(plan);
  const made = madeAnomalies(test, { ...plan, classes });
  return await benchmarkAnomalies(model, made, test, { ...plan, onProgress });
}

/**
 * Anomalies of every kind on normal images, each image once: an interval over
 * images counts them as independent.
 *
 * @param test images with their labels
 * @param options as of {@linkcode benchmarkMaps}
 * @throws {RangeError} when no anomalies can be made on such images, or of a
 * kind fewer than two
 */
export function madeAnomalies(
  test: LabelledImages,
  { normalClasses, classes, seed, count }:
    & Pick<BenchmarkPlan, "normalClasses" | "seed" | "count">
    & { classes?: readonly string[] },
): Record<string, MaskedImage[]> {
  requireGroups(test, normalClasses);
  const normal = test.labels.filter((label) => normalClasses.includes(label));
  const options = {
    ...{ normalClasses, classes, seed },
    count: Math.min(count, normal.length),
  };
  const made = KINDS.map((kind) => {
    const anomalies = makeAnomalies(kind, test, options);
    // Where some images cannot have one, others come twice.
    const first = new Map(
      anomalies.toReversed().map((each) => [each.index, each]),
    );
    if (first.size < 2) {
      throw new RangeError(
        `of the normal images ${first.size} can have a ${kind}; two are needed`,
      );
    }
    return [kind, anomalies.filter((each) => first.get(each.index) === each)];
  });
  return Object.fromEntries(made);
}

/**
 * Scores maps by how well they find real defects whose masks are known. Where
 * fewer are taken than there are, chance decides which: neighbours in the file
 * may be pieces of one picture.
 *
 * @param model whose maps are scored
 * @param test images with masks
 * @param options as of {@linkcode benchmarkMaps}, and `classes`: names of all
 * classes; every class that is not normal is a kind; images that are defective
 * nowhere or everywhere are left out, and kinds with fewer than two others
 * @throws {RangeError} when the images have no masks, or no kind is left
 */
export async function benchmarkDefects(
  model: MappedModel,
  test: LabelledImages,
  { classes, onProgress, ...plan }: BenchmarkPlan & {
    classes: readonly string[];
    onProgress?: OnProgress;
  },
): Promise<LocalizationBenchmark> {
  const defects = inRandomOrder(
    realDefects(test, { ...plan, classes }),
    plan.seed,
  );
  return await benchmarkAnomalies(model, defects, test, {
    ...plan,
    onProgress,
  });
}

/**
 * The images of each kind in an order that a seed decides.
 *
 * @param kinds by their names
 * @param seed of the order
 */
export function inRandomOrder(
  kinds: Record<string, readonly MaskedImage[]>,
  seed: number,
): Record<string, MaskedImage[]> {
  const random = anomalyStream(seed, ORDER_STREAM);
  return Object.fromEntries(
    Object.entries(kinds)
      .map(([kind, images]) => [kind, shuffle(images, random)]),
  );
}

/** An interval over images needs two of them. */
function requirePlan({ count, slow = count }: BenchmarkPlan) {
  const counts: Record<string, number> = slow === 0
    ? { count }
    : { count, slow };
  requireCounts(counts);
  for (const [name, images] of Object.entries(counts)) {
    if (images === 1) {
      throw new RangeError(`${name} is 1, and an interval takes two images`);
    }
  }
}

/**
 * Scores every map on every kind of anomalous images, of each kind the first
 * ones.
 *
 * @param model whose maps are scored
 * @param kinds anomalous images by their kind
 * @param size of the images
 * @param options as of {@linkcode benchmarkMaps}
 * @throws {RangeError} when a name in `maps` is no map's, or a count no whole
 * number from 2 (`slow`: or 0)
 */
export async function benchmarkAnomalies(
  model: MappedModel,
  kinds: Record<string, readonly MaskedImage[]>,
  { width, channels }: Pick<LabelledImages, "width" | "channels">,
  { onProgress = () => {}, ...plan }: BenchmarkPlan & {
    onProgress?: OnProgress;
  },
): Promise<LocalizationBenchmark> {
  requirePlan(plan);
  const pieces = planPieces(attributionsOf(model), kinds, plan);
  const total = pieces.reduce((sum, piece) => sum + cost(piece), 0);
  const random = anomalyStream(plan.seed, INTERVAL_STREAM);
  const scores: LocalizationBenchmark = {};
  let before = 0;
  for (const piece of pieces) {
    const { name, map, kind, images, noiseSeed } = piece;
    const maps: Float32Array[] = [];
    const options = { width, channels, seed: noiseSeed };
    for (const batch of attributionBatches(map, model, images, options)) {
      maps.push(...batch);
      const done = maps.length / images.length;
      await onProgress((before + done * cost(piece)) / total, name);
    }
    before += cost(piece);
    const masks = images.map(({ mask }) => mask);
    (scores[name] ??= {})[kind] = scoreMaps(maps, masks, { width, random });
  }
  return scores;
}

function planPieces(
  attributions: Record<string, Attribution>,
  kinds: Record<string, readonly MaskedImage[]>,
  { seed, count, slow = count, maps = Object.keys(attributions) }:
    BenchmarkPlan,
): Piece[] {
  const countOf = ({ passes }: Attribution) =>
    passes > FEW_PASSES ? Math.min(slow, count) : count;
  // Each kind has noise of its own.
  const noise = anomalyStream(seed, NOISE_STREAM);
  const subjects = Object.entries(kinds).map(([kind, images]) => ({
    kind,
    noiseSeed: noise.next() >>> 0,
    images,
  }));
  return maps
    .map((name) => ({ name, map: attributionNamed(attributions, name) }))
    .filter(({ map }) => countOf(map) > 0).flatMap(({ name, map }) =>
      subjects.map(({ images, ...subject }) => ({
        ...{ ...subject, name, map },
        images: images.slice(0, countOf(map)),
      }))
    );
}

/** Time is that of the passes; a map without any takes some, too. */
function cost({ map, images }: Piece): number {
  return images.length * Math.max(1, map.passes);
}

/**
 * One map of many images.
 *
 * @param name in {@linkcode attributionsOf}
 * @param model whose maps are scored
 * @param images of one size
 * @param options `width`: pixels in a row; `channels` of a pixel; `seed` of
 * maps with noise
 * @returns one map an image, in row order
 * @throws {RangeError} when `name` is no map's, or the images have no whole rows
 * of this width
 */
export function attributionMaps(
  name: string,
  model: MappedModel,
  images: readonly MaskedImage[],
  options: { width: number; channels: number; seed: number },
): Float32Array[] {
  const chosen = attributionNamed(attributionsOf(model), name);
  return [...attributionBatches(chosen, model, images, options)].flat();
}

function* attributionBatches(
  { map }: Attribution,
  model: MappedModel,
  images: readonly MaskedImage[],
  { width, channels, seed }: {
    width: number;
    channels: number;
    seed: number;
  },
): Generator<Float32Array[]> {
  const source = {
    count: images.length,
    batch: (start: number, end: number) =>
      toTensor(images.slice(start, end), width, channels),
  };
  const batches = mapBatches(
    source,
    (x, start) => ({ values: map(model, x, seed + start) }),
    { size: BATCH },
  );
  for (const batch of batches) yield batch.map(({ values }) => values);
}

function toTensor(
  images: readonly MaskedImage[],
  width: number,
  channels: number,
) {
  const size = images[0].image.length;
  const height = size / width / channels;
  if (!Number.isInteger(height)) {
    throw new RangeError(
      `images of ${size} values have no whole rows of ${width} pixels with ` +
        `${channels} channels`,
    );
  }
  return tf.tensor(images.map(({ image }) => image), [images.length, size])
    .reshape([images.length, height, width, channels]) as Tensor4D;
}
