import type { LabelledImages } from "../../data/images.ts";
import { splitNormal } from "../../data/split.ts";
import { AUTOENCODERS, PAPER_MODEL } from "../../model/autoencoders/mod.ts";
import { freeze } from "../../model/evaluation_mode.ts";
import type { TrackedWeights } from "../../model/read_weights.ts";
import type { RunSettings } from "../../training/settings.ts";
import {
  STATISTICS_KINDS,
  type StatisticsKind,
  updateStatistics,
} from "../../training/running_statistics.ts";
import { studyAgreement } from "../agreement/agreement_study.ts";
import type { Results } from "../agreement/results.ts";

/** What the kinds of running statistics are called in tables and figures. */
export const STATISTICS_NAMES = {
  "as-stored": "as gathered while training",
  "validation": "moved on by the validation images",
  "precise": "of the training set (precise)",
} as const;

/** A trained model, and how it was trained. */
export interface StudiedModel extends TrackedWeights {
  settings: RunSettings;
}

/** The paper's measures of one model with one kind of running statistics. */
export interface StatisticsRow {
  epochs: number;
  statistics: StatisticsKind;
  results: Results;
}

/**
 * What batch norm's running statistics do to the paper's measures: a model is
 * measured with the statistics that it has, with those moved on by the
 * validation images, and with those of the training set.
 *
 * @param model whose training did not move the statistics afterwards, so that
 * "as-stored" means: as gathered while training
 * @param images the training file's images, and the test images
 * @param options `ks`: values of K; `onProgress`: called with the images
 * measured so far, and how many there are in all
 * @yields one row a kind of statistics, under the exact gradient
 */
export function* studyStatistics(
  model: StudiedModel,
  { training, test }: { training: LabelledImages; test: LabelledImages },
  { ks, onProgress }: {
    ks: number[];
    onProgress?: (done: number, all: number) => void;
  },
): Generator<StatisticsRow> {
  const { settings } = model;
  const { data, normalClasses, model: name = PAPER_MODEL, ...run } = settings;
  const split = splitNormal(training.labels, normalClasses, settings.seed);
  for (const [i, statistics] of STATISTICS_KINDS.entries()) {
    const { weights } = updateStatistics(
      statistics,
      model,
      training,
      split,
      settings,
      AUTOENCODERS[name](),
    );
    const frozen = freeze(weights);
    const { results } = studyAgreement(frozen.reconstruct, test, {
      ...{ data, normalClasses, gradient: "exact", k: ks },
      ...run,
    }, {
      onProgress: (done, all) =>
        onProgress?.(i * all + done, STATISTICS_KINDS.length * all),
    });
    frozen.dispose();
    yield { epochs: settings.epochs, statistics, results };
  }
}
