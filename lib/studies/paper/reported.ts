import { PAPER_MODEL } from "../../model/autoencoders/mod.ts";
import { PAPER } from "../../training/settings.ts";
import type { Groups } from "../agreement/groups.ts";
import type { MeasureId } from "../agreement/measures.ts";
import type { ResultSettings } from "../agreement/results.ts";

/** What the paper prints of one measure, normal and novel images. */
export interface ReportedValue extends Groups<number> {
  /** Where: a table or a finding. */
  place: string;
  /** Digits after the point, as printed. */
  digits: number;
}

/** Every number the paper prints, 18 in all, by measure, in its order. */
export const REPORTED: Readonly<Partial<Record<MeasureId, ReportedValue>>> = {
  "minority-share@5": {
    place: "Table 1",
    digits: 2,
    normal: 0.74,
    novel: 0.81,
  },
  "majority-share@5": {
    place: "Table 1",
    digits: 2,
    normal: 0.26,
    novel: 0.19,
  },
  "minority-share@10": {
    place: "Table 1",
    digits: 2,
    normal: 0.81,
    novel: 0.92,
  },
  "majority-share@10": {
    place: "Table 1",
    digits: 2,
    normal: 0.19,
    novel: 0.08,
  },
  "most-frequent@10": { place: "Finding 3", digits: 0, normal: 4, novel: 2 },
  "max-distance@5": {
    place: "Finding 5",
    digits: 2,
    normal: 8.28,
    novel: 9.25,
  },
  "max-distance@10": {
    place: "Finding 5",
    digits: 2,
    normal: 8.14,
    novel: 8.90,
  },
  "mse-saliency": {
    place: "Finding 6",
    digits: 4,
    normal: 0.0303,
    novel: 0.0305,
  },
  "mse-squared-saliency": {
    place: "Finding 6",
    digits: 4,
    normal: 0.0071,
    novel: 0.0072,
  },
};

/**
 * Whether a run is the paper's experiment, so that the paper's numbers may
 * stand beside its own: the same normal digits, learnt and tested, data and
 * autoencoder. Seed,
 * epochs and gradient may be others.
 *
 * @param settings of the run
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 *
 * const settings = { normalClasses: [0, 1, 2, 3, 4], data: "mnist-data" };
 * assert(isPaperExperiment(settings));
 * assert(!isPaperExperiment({ ...settings, model: "dense" }));
 * ```
 */
export function isPaperExperiment(
  { normalClasses, data, model = PAPER_MODEL, learnt }: Pick<
    ResultSettings,
    "normalClasses" | "data" | "model" | "learnt"
  >,
): boolean {
  return learnt === undefined && model === PAPER.model && data === PAPER.data &&
    String(normalClasses.toSorted()) === String(PAPER.normalClasses);
}
