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
import type { Split } from "../../data/split.ts";
import { countSteps } from "../../training/loop.ts";
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
 * measured with the statistics gathered in its training steps, with those moved
 * on by the validation images, and with those of the training set. Where its
 * training moved them on, as the authors' does, the first are gone, and the
 * second are those of the file.
 *
 * @param model with the number of batches that its statistics saw, by which
 * the two are told apart
 * @param images the training file's images, and the test images
 * @param options `ks`: values of K; `onProgress`: called and awaited as it
 * goes on
 * @yields one row a kind of statistics, under the exact gradient
 * @throws {RangeError} when the statistics saw fewer batches than the model was
 * trained on, so that they are not those of its training
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
  const wasMovedOn = hasPasses(model, split);
  const kinds = STATISTICS_KINDS.slice(wasMovedOn ? 1 : 0);
  for (const [i, statistics] of kinds.entries()) {
    const isStored = wasMovedOn && statistics === "validation";
    const { weights } = updateStatistics(
      isStored ? "as-stored" : statistics,
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
          (i + share) / kinds.length,
          STATISTICS_NAMES[statistics],
        ),
    });
    frozen.dispose();
    yield { epochs: settings.epochs, statistics, results };
  }
}

/** Whether more batches moved the statistics than there were training steps. */
function hasPasses(
  { batchesTracked, settings: { epochs, batchSize } }: StudiedModel,
  { training }: Split,
): boolean {
  if (batchesTracked === undefined) return false;
  const steps = epochs * countSteps(training.length, batchSize);
  if (batchesTracked >= steps) return batchesTracked > steps;
  throw new RangeError(
    `the model's statistics are not those of its training: they saw ${batchesTracked} ` +
      `batches, and it had ${steps} steps`,
  );
}
