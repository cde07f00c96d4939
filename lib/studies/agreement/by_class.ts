import { mean } from "../../statistics/mean.ts";
import { randomStream } from "../../support/random.ts";
import { permutationTest } from "../../statistics/permutation.ts";
import type { ImageResult } from "./evaluation.ts";
import type { Groups } from "./groups.ts";
import {
  countAgreements,
  majorityShare,
  type ResultSettings,
} from "./results.ts";

/** What is averaged over the images of a class. */
export type ClassMeasure =
  /** Share of the images with more than half of the top-K pixels in common. */
  | "majorityShare"
  /** Metric 1: pixels in common, 0 to K. */
  | "meanAgreement"
  /** Metric 2, the maximum distance to the best match: pixels. */
  | "maxDistance"
  /** r̄, equation 2. */
  | "reconstructionLoss";

/** What is measured of the test images of one class. */
export interface ClassMeasures {
  /** The class. */
  label: number;
  /** Whether it is none of the normal ones. */
  novel: boolean;
  /** How many images it has. */
  images: number;
  /** By measure, the mean over the images. */
  means: Record<ClassMeasure, number>;
}

/** The classes of one run, under its name. */
export interface ClassedRun {
  /** What tables and figures call it. */
  name: string;
  /** Of the top-K sets. */
  k: number;
  /** How the saliency maps were computed. */
  gradient: string;
  /** Which autoencoder, if not the paper's. */
  model?: string;
  /** What it was trained for, where that is known. */
  epochs?: number;
  /** Of its training, where that is known. */
  seed?: number;
  /** Images that last moved batch norm's statistics ({@linkcode statisticsFrom}). */
  statistics: string;
  /** What it learnt, where it is not that these classes are normal. */
  learnt?: string;
  /** From {@linkcode measuresByClass}. */
  classes: readonly ClassMeasures[];
}

/**
 * Which images last moved the running statistics of batch norm that a run was
 * measured with. Passes of the validation images come to the same after each
 * epoch and after the last alone, as an epoch's batches leave nothing of them.
 *
 * @param settings of the run
 * @returns "validation", as the authors' training, "training" where there were
 * no such passes, or "precise"
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(statisticsFrom({}), "validation");
 * assertEquals(statisticsFrom({ passes: "none" }), "training");
 * assertEquals(
 *   statisticsFrom({ passes: "none", statistics: "validation" }),
 *   "validation",
 * );
 * ```
 */
export function statisticsFrom(
  { passes = "validation", statistics = "as-stored" }: Pick<
    ResultSettings,
    "passes" | "statistics"
  >,
): string {
  if (statistics !== "as-stored") return statistics;
  return passes === "none" ? "training" : passes;
}

/**
 * The paper's measures class by class: whether normal and novel images differ,
 * or some classes from others.
 *
 * @param rows one an image, from `measure()` or per_image.csv
 * @param k size of the top-K sets
 * @returns in the order of the labels
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const row = { index: 0, reconstructionLoss: 0.5, maxDistance: { 10: 3 }, mapMse: { saliency: 0, squaredSaliency: 0 } };
 * const [seven] = measuresByClass([
 *   { ...row, label: 7, novel: true, agreement: { 10: 6 } },
 *   { ...row, label: 7, novel: true, agreement: { 10: 5 } },
 * ], 10);
 * assertEquals(seven.means.majorityShare, 0.5);
 * assertEquals(seven.means.meanAgreement, 5.5);
 * ```
 */
export function measuresByClass(
  rows: readonly ImageResult[],
  k: number,
): ClassMeasures[] {
  return [...Map.groupBy(rows, ({ label }) => label)]
    .sort(([a], [b]) => a - b)
    .map(([label, own]) => ({
      label,
      novel: own[0].novel,
      images: own.length,
      means: {
        majorityShare: majorityShare(countAgreements(own, k)),
        meanAgreement: mean(own.map(({ agreement }) => agreement[k])),
        maxDistance: mean(own.map(({ maxDistance }) => maxDistance[k])),
        reconstructionLoss: mean(
          own.map(({ reconstructionLoss }) => reconstructionLoss),
        ),
      },
    }));
}

/**
 * Do normal and novel classes differ by more than classes do among themselves?
 * The test of two proportions, by which Finding 4 is decided here, takes
 * images for independent draws; where classes differ, chance in which of them
 * are normal makes groups differ as well. Here each class counts once.
 *
 * @param classes from {@linkcode measuresByClass}
 * @param measure of which the classes' means are compared
 * @returns the two-sided p of {@linkcode permutationTest}; five normal classes
 * of ten cannot give less than 2/252
 * @throws {RangeError} when there is no normal or no novel class
 */
export function classTest(
  classes: readonly ClassMeasures[],
  measure: ClassMeasure,
): number {
  const { normal, novel } = byGroup(classes, measure);
  return permutationTest(normal, novel, { random: randomStream(0, "figure") });
}

/**
 * How far novel classes lie above normal ones, each class counted once.
 *
 * @param classes from {@linkcode measuresByClass}
 * @param measure of which the classes' means are averaged
 * @returns the novel classes' mean less the normal ones'
 * @throws {RangeError} when there is no normal or no novel class
 */
export function classDifference(
  classes: readonly ClassMeasures[],
  measure: ClassMeasure,
): number {
  const { normal, novel } = byGroup(classes, measure);
  return mean(novel) - mean(normal);
}

function byGroup(
  classes: readonly ClassMeasures[],
  measure: ClassMeasure,
): Groups<number[]> {
  const of = (isNovel: boolean) =>
    classes.filter(({ novel }) => novel === isNovel)
      .map(({ means }) => means[measure]);
  return { normal: of(false), novel: of(true) };
}
