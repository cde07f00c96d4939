import type { LabelledImages } from "../../data/images.ts";
import { autoencoderNamed } from "../../model/autoencoders/mod.ts";
import { freeze } from "../../model/evaluation_mode.ts";
import type { TrackedWeights } from "../../model/read_weights.ts";
import { type RunSettings, trainingSplit } from "../../training/settings.ts";
import {
  STATISTICS_KINDS,
  type StatisticsKind,
  updateStatistics,
} from "../../training/running_statistics.ts";
import { studyAgreement } from "../agreement/agreement_study.ts";
import type { OnProgress } from "../../support/progress.ts";
import type { Results } from "../agreement/results.ts";

/** What the kinds of running statistics are called in tables and figures. */
export const STATISTICS_NAMES = {
  "as-stored": "as gathered while training",
  "validation": "moved on by the validation images",
  "precise": "of the training set (precise)",
} as const;

/** A trained model, and how it was trained. */
export interface StudiedModel extends TrackedWeights {
  /** What made the model. */
  settings: RunSettings;
}

/** The paper's measures of one model with one kind of running statistics. */
export interface StatisticsRow {
  /** Epochs trained. */
  epochs: number;
  /** Which statistics the model is measured with. */
  statistics: StatisticsKind;
  /** What it measures with them. */
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
 * @param options `ks`: values of K; `onProgress`: called and awaited as it
 * goes on
 * @yields one row a kind of statistics, under the exact gradient
 */
export async function* studyStatistics(
  model: StudiedModel,
  { training, test }: { training: LabelledImages; test: LabelledImages },
  { ks, onProgress }: {
    ks: number[];
    onProgress?: OnProgress;
  },
): AsyncGenerator<StatisticsRow> {
  const { settings } = model;
  const autoencoder = autoencoderNamed(settings);
  const split = trainingSplit(training.labels, settings);
  for (const [i, statistics] of STATISTICS_KINDS.entries()) {
    const { weights } = updateStatistics(
      statistics,
      model,
      training,
      split,
      settings,
      autoencoder,
    );
    const frozen = freeze(weights, { autoencoder });
    const { results } = await studyAgreement(frozen.reconstruct, test, {
      ...{ ...settings, gradient: "exact", k: ks },
    }, {
      onProgress: (share) =>
        onProgress?.(
          (i + share) / STATISTICS_KINDS.length,
          STATISTICS_NAMES[statistics],
        ),
    });
    frozen.dispose();
    yield { epochs: settings.epochs, statistics, results };
  }
}
