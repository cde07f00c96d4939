import {
  classDifference,
  type ClassedRun,
  type ClassMeasure,
  type ClassMeasures,
} from "./by_class.ts";

/** Two runs, each class novel in just one of them. */
export type CrossedRuns = readonly [ClassedRun, ClassedRun];

/** A run, and one of a model that learnt all classes. */
export type ControlledRun = readonly [run: ClassedRun, control: ClassedRun];

/**
 * Each class of a run less the same class of another run, whose normal classes
 * are the novel ones of the first: a cross-over. What a class does in both runs
 * drops out, and so it does not matter that some classes agree more than
 * others. `classTest` of the result asks whether novelty adds anything.
 *
 * @param classes from `measuresByClass`
 * @param other those of the other run
 * @returns the differences, normal and novel as in the first run
 * @throws {RangeError} when {@linkcode areCrossed} says no
 *
 * @example The first class agrees more in both runs, and novelty takes a pixel
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const of = (label: number, novel: boolean, meanAgreement: number) => ({
 *   ...{ label, novel, images: 1 },
 *   means: { majorityShare: 0, meanAgreement, maxDistance: 0, reconstructionLoss: 0 },
 * });
 * const crossed = crossOver(
 *   [of(0, false, 5), of(1, true, 2)],
 *   [of(0, true, 4), of(1, false, 3)],
 * );
 * assertEquals(crossed.map(({ means }) => means.meanAgreement), [1, -1]);
 * assertEquals(noveltyEffect(crossed, "meanAgreement"), -1);
 * ```
 */
export function crossOver(
  classes: readonly ClassMeasures[],
  other: readonly ClassMeasures[],
): ClassMeasures[] {
  if (!areCrossed(classes, other)) {
    throw new RangeError(
      "the runs must have the same classes, each novel in one of the two",
    );
  }
  return differences(classes, other);
}

/**
 * Each class of a run less the same class of a control: a model that learnt all
 * classes, so that none is novel to it. What a class does in both drops out, and
 * `classDifference` of the result is what novelty adds, once.
 *
 * @param classes from `measuresByClass`
 * @param control those of the control, measured with the same normal classes
 * @returns the differences, normal and novel as in the run
 * @throws {RangeError} when classes differ, or are normal in just one of the two
 *
 * @example The second class agrees less in the control as well, and novelty takes a pixel
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const of = (label: number, novel: boolean, meanAgreement: number) => ({
 *   ...{ label, novel, images: 1 },
 *   means: { majorityShare: 0, meanAgreement, maxDistance: 0, reconstructionLoss: 0 },
 * });
 * const less = lessControl(
 *   [of(0, false, 5), of(1, true, 2)],
 *   [of(0, false, 6), of(1, true, 4)],
 * );
 * assertEquals(less.map(({ means }) => means.meanAgreement), [-1, -2]);
 * ```
 */
export function lessControl(
  classes: readonly ClassMeasures[],
  control: readonly ClassMeasures[],
): ClassMeasures[] {
  const isAlike = classes.length === control.length &&
    classes.every(({ label, novel }, i) =>
      control[i].label === label && control[i].novel === novel
    );
  if (!isAlike) {
    throw new RangeError(
      "a control is measured with the same classes, normal and novel as in the run",
    );
  }
  return differences(classes, control);
}

/** Measure by measure, of the same classes in the same order. */
function differences(
  classes: readonly ClassMeasures[],
  other: readonly ClassMeasures[],
): ClassMeasures[] {
  return classes.map((own, i) => {
    const less = (measure: ClassMeasure) =>
      own.means[measure] - other[i].means[measure];
    return {
      ...own,
      means: {
        majorityShare: less("majorityShare"),
        meanAgreement: less("meanAgreement"),
        maxDistance: less("maxDistance"),
        reconstructionLoss: less("reconstructionLoss"),
      },
    };
  });
}

/**
 * Which of some runs can be crossed: those of one autoencoder, gradient and
 * seed, trained for as many epochs and with batch norm's statistics from the
 * same images, as the agreement of classes changes with all of these.
 *
 * @param runs any number; those that do not tell their epochs are left out, and
 * those that learnt other classes than they are tested with
 * @returns pairs, in the order of the runs
 */
export function crossedPairs(runs: readonly ClassedRun[]): CrossedRuns[] {
  return runs.flatMap((run, i) =>
    runs.slice(i + 1)
      .filter((other) =>
        run.epochs !== undefined && !run.learnt && !other.learnt &&
        ALIKE.every((key) => run[key] === other[key]) &&
        areCrossed(run.classes, other.classes)
      )
      .map((other) => [run, other] as const)
  );
}

/** What two runs must have in common, so that they differ in their classes alone. */
const ALIKE = ["epochs", "seed", "gradient", "model", "statistics"] as const;

/**
 * Whether two runs have the same classes, each novel in just one of them.
 *
 * @param classes from `measuresByClass`
 * @param other those of the other run
 */
export function areCrossed(
  classes: readonly ClassMeasures[],
  other: readonly ClassMeasures[],
): boolean {
  return classes.length === other.length &&
    classes.every(({ label, novel }, i) =>
      other[i].label === label && other[i].novel !== novel
    );
}

/**
 * What novelty adds to a measure of the same class.
 *
 * @param crossed from {@linkcode crossOver}
 * @param measure which
 * @returns half of `classDifference`, in which it counts twice: for the classes
 * that are novel in the first run, and for those in the second
 * @throws {RangeError} when there is no normal or no novel class
 */
export function noveltyEffect(
  crossed: readonly ClassMeasures[],
  measure: ClassMeasure,
): number {
  return classDifference(crossed, measure) / 2;
}
