import { chanceDistance } from "../../metrics/best_match.ts";
import { MNIST_SHAPE } from "../../model/image_shape.ts";
import { randomStream } from "../../support/random.ts";
import type { Groups } from "./groups.ts";
import {
  agreementRanges,
  majorityShare,
  mostFrequent,
  type Results,
} from "./results.ts";

/** A number of normal and one of novel images that a run holds. */
export interface Measure {
  /** What tables and figures look it up by. */
  id: MeasureId;
  /** What is measured, with its unit. */
  label: string;
  /** What a heading that needs no "share" calls it; mostly the label. */
  title: string;
  /** Decimals worth showing. */
  digits: number;
  /** Its values in the results of a run. */
  of: (results: Results) => Groups<number>;
  /** Its value for unrelated maps, where it is known. */
  chance?: (results: Results) => number;
  /** Decimals of that value worth showing (default: those of the measure). */
  chanceDigits?: number;
}

/** A measure without its id; its title is the label where none is given. */
type Entry = Omit<Measure, "id" | "title"> & { title?: string };

const both = <T, U>({ normal, novel }: Groups<T>, f: (value: T) => U) => ({
  normal: f(normal),
  novel: f(novel),
});

/** A measure that there is for every K. */
export type PerKName =
  | "minority-share"
  | "majority-share"
  | "most-frequent"
  | "mean-agreement"
  | "max-distance";

/** A measure that has no K. */
export type OverallName =
  | "mse-saliency"
  | "mse-squared-saliency"
  | "reconstruction-loss";

const PER_K: Record<PerKName, (k: number) => Entry> = {
  /** Table 1's rows of low agreement: what majority-share leaves. */
  "minority-share": (k) => ({
    label: `share with top-${k} agreement ${agreementRanges(k).minority}`,
    digits: 3,
    of: ({ agreement }) =>
      both(agreement[k], (counts) => 1 - majorityShare(counts)),
  }),
  /** Table 1's rows of high agreement. */
  "majority-share": (k) => ({
    label: `share with top-${k} agreement ${agreementRanges(k).majority}`,
    title: `images with top-${k} agreement ${agreementRanges(k).majority}`,
    digits: 3,
    of: ({ agreement }) => both(agreement[k], majorityShare),
  }),
  "most-frequent": (k) => ({
    label: `most frequent top-${k} agreement`,
    digits: 0,
    of: ({ agreement }) => both(agreement[k], mostFrequent),
  }),
  "mean-agreement": (k) => ({
    label: `mean top-${k} agreement, pixels`,
    digits: 2,
    of: ({ meanAgreement }) => meanAgreement[k],
    chance: ({ chanceAgreement }) => chanceAgreement[k],
  }),
  "max-distance": (k) => ({
    label: `mean maximum distance, K = ${k}, pixels`,
    digits: 2,
    of: ({ maxDistance }) => maxDistance[k],
    chance: ({ chanceAgreement, settings: { width = MNIST_SHAPE.width } }) => {
      // K² of so many pixels are shared by chance.
      const height = Math.round(k * k / chanceAgreement[k] / width);
      const random = randomStream(0, "figure");
      return chanceDistance(k, { width, height }, { random });
    },
    chanceDigits: 1,
  }),
};

const OVERALL: Record<OverallName, Entry> = {
  "mse-saliency": {
    label: "MSE, saliency and error map",
    digits: 4,
    of: ({ mapMse }) => mapMse.saliency,
  },
  "mse-squared-saliency": {
    label: "MSE, squared saliency and error map",
    digits: 4,
    of: ({ mapMse }) => mapMse.squaredSaliency,
  },
  "reconstruction-loss": {
    label: "mean reconstruction loss",
    digits: 5,
    of: ({ reconstructionLoss }) => reconstructionLoss,
  },
};

/** A measure's id: "max-distance@10", of K = 10, or "mse-saliency". */
export type MeasureId = `${PerKName}@${number}` | OverallName;

/**
 * One measure.
 *
 * @param id which
 * @throws {RangeError} when there is no such measure
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(measureOf("max-distance@5").label, "mean maximum distance, K = 5, pixels");
 * ```
 */
export function measureOf(id: MeasureId): Measure {
  const [name, k] = id.split("@");
  const entry = k === undefined
    ? OVERALL[name as OverallName]
    : PER_K[name as PerKName]?.(Number(k));
  if (!entry) throw new RangeError(`there is no measure "${id}"`);
  return { title: entry.label, ...entry, id };
}

/**
 * The measures of a run, in the order of the paper: some for every K, then
 * those without a K.
 *
 * @param ks values of K
 * @param perK which measures of each K
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(measuresOf([5], ["mean-agreement"]).map(({ id }) => id), [
 *   "mean-agreement@5",
 *   "mse-saliency",
 *   "mse-squared-saliency",
 *   "reconstruction-loss",
 * ]);
 * ```
 */
export function measuresOf(
  ks: readonly number[],
  perK: readonly PerKName[],
): Measure[] {
  const ids = ks.flatMap((k) => perK.map((name): MeasureId => `${name}@${k}`));
  const overall = Object.keys(OVERALL) as OverallName[];
  return [...ids, ...overall].map(measureOf);
}
