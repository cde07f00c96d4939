import { loadTest } from "../data/mnist.ts";
import { loadAuthorsWeights } from "../model/authors_weights.ts";
import type { Gradient } from "../model/evaluation_mode.ts";
import { UnavailableFileError } from "../support/checked_file.ts";
import { PAPER, PAPER_SETTINGS } from "../training/settings.ts";
import {
  checkParameters,
  requireImage,
  type StudyParameters,
} from "./check_parameters.ts";
import { closed } from "./closed.ts";
import { type Core, coreOf, type Study } from "./open_study.ts";
import { Sentence } from "./sentence.ts";

/** The authors' model with the paper's test images; it was trained elsewhere. */
export type AuthorsStudy = Omit<Study, "training">;

/** What the authors trained; their code's seed is not known to ours. */
const PAPER_RUN = {
  ...PAPER_SETTINGS,
  normalClasses: [...PAPER.normalClasses],
  data: PAPER.data,
  seed: 0,
};

/** Kept like the study opened last, one a gradient: 31 MB of rankings each. */
let kept: Record<Gradient, Omit<Core, "training">> | undefined;

/** What stands for the model until {@linkcode openAuthors} has opened it. */
export function noAuthors(): Record<Gradient, AuthorsStudy> {
  return closed("there is no model yet: run the cell above");
}

/**
 * Opens the authors' published weights under both gradients, in one call.
 *
 * @param parameters as typed into the notebook's first cell
 * @returns a study a gradient
 * @throws {Sentence} when a parameter is wrong, or the weights cannot be had
 *
 * @example In a notebook
 * ```ts ignore
 * const authors = await openAuthors({ k: 10, imageNumber: 5687 });
 * await showMarkdown(authors.exact.caption);
 * ```
 */
export async function openAuthors(
  parameters: Pick<StudyParameters, "k" | "imageNumber">,
): Promise<Record<Gradient, AuthorsStudy>> {
  const { k, imageNumber } = checkParameters({
    ...PAPER_RUN,
    gradient: "exact",
    ...parameters,
  });
  kept ??= await bothGradients();
  requireImage(imageNumber, kept.exact.test.labels.length);
  return {
    "exact": { ...kept.exact, k, imageNumber },
    "as-published": { ...kept["as-published"], k, imageNumber },
  };
}

async function bothGradients(): Promise<
  Record<Gradient, Omit<Core, "training">>
> {
  const weights = await loadAuthorsWeights().catch((error) => {
    if (!(error instanceof UnavailableFileError)) throw error;
    throw new Sentence(error.message);
  });
  const test = await loadTest();
  const model = { weights, history: [], batchesTracked: undefined };
  const of = (gradient: Gradient) => {
    const core = coreOf({ settings: PAPER_RUN, gradient }, model, test);
    const caption = [
      "the authors' weights",
      `normal: ${PAPER.normalClasses.join(", ")}`,
      `${PAPER.epochs} epochs`,
      `${gradient} gradient`,
      `${test.labels.length} test images of ${PAPER.data}`,
    ].join(" · ");
    return { ...core, caption };
  };
  return { "exact": of("exact"), "as-published": of("as-published") };
}
