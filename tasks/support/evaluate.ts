import {
  type AgreementStudy,
  studyAgreement,
} from "../../lib/studies/agreement/agreement_study.ts";
import { chooseExamples, exampleRows } from "../../lib/figures/examples.ts";
import { figure1 } from "../../lib/figures/figure1.ts";
import { figure2 } from "../../lib/figures/figure2.ts";
import { distanceHistogram } from "../../lib/figures/distance_histogram.ts";
import { trainingCurve } from "../../lib/figures/training_curve.ts";
import { chartToSvg } from "../../lib/figures/render.ts";
import type { LabelledImages } from "../../lib/data/images.ts";
import {
  freeze,
  type FrozenAutoencoder,
  type Gradient,
} from "../../lib/model/evaluation_mode.ts";
import type { Reconstruct } from "../../lib/maps/maps.ts";
import type { EpochLosses } from "../../lib/training/state.ts";
import { report, type ReportFigures } from "../../lib/report/html.ts";
import {
  type Results,
  type ResultSettings,
  toCsv,
} from "../../lib/studies/agreement/results.ts";
import type { Autoencoder } from "../../lib/model/parameters.ts";
import type { StateDict } from "../../lib/weights/state_dict.ts";
import { resultsTable } from "../../lib/report/results_table.ts";
import { withProgress } from "./progress.ts";
import { softwareInUse, VERSION } from "./software.ts";
import { writeAtomically } from "./files.ts";
import { writeFigure } from "./results.ts";

/** A trained model. */
interface EvaluatedModel {
  weights: StateDict;
  autoencoder?: Autoencoder;
  /** The losses of each epoch, where they are known. */
  history?: readonly EpochLosses[];
}

/**
 * Measures a model on a test set and writes results.json, per_image.csv,
 * table.md, the figures and report.html.
 *
 * @param trained its weights, and what they are of (default: what they fit); or
 * a model that is ready, which is disposed of
 * @param test images with labels
 * @param settings kept with the results; they decide gradient, classes and K
 * @param out the output folder, claimed before
 * @param options `authors`: results of the authors' weights, shown beside
 */
export async function evaluateModel(
  trained: EvaluatedModel | FrozenAutoencoder,
  test: LabelledImages,
  settings: ResultSettings,
  out: string,
  { authors }: { authors?: Results } = {},
): Promise<AgreementStudy> {
  const { gradient, k: ks } = settings;
  const model = "reconstruct" in trained ? trained : freeze(trained.weights, {
    gradient: gradient as Gradient,
    autoencoder: trained.autoencoder,
  });
  const { history = [] } = "weights" in trained ? trained : {};
  const { rows, results: measured } = await withProgress(
    `maps and metrics, ${gradient} gradient`,
    (onProgress) =>
      studyAgreement(model.reconstruct, test, settings, { onProgress }),
  );
  const results = { ...measured, software: softwareInUse() };
  await writeAtomically(
    `${out}/results.json`,
    JSON.stringify({ kind: "agreement", ...results }, null, 2) + "\n",
  );
  await writeAtomically(`${out}/per_image.csv`, toCsv(rows, ks, test.sources));
  await writeAtomically(
    `${out}/table.md`,
    resultsTable(results, authors) + "\n",
  );
  const examples = await drawExamples(settings, model.reconstruct, test);
  model.dispose();
  const figures = {
    ...{ figure1: examples },
    ...await drawCharts({ rows, results }, history),
  };
  const { figure1, figure2 } = figures;
  for (const [name, svg] of Object.entries({ figure1, figure2 })) {
    await writeFigure(`${out}/${name}`, svg);
  }
  await writeAtomically(
    `${out}/report.html`,
    report(results, figures, {
      ...{ date: new Date(), version: VERSION, authors },
    }),
  );
  return { rows, results };
}

/** Figure 1: a few test images with their maps. */
async function drawExamples(
  { seed = 0, ...settings }: ResultSettings,
  reconstruct: Reconstruct,
  test: LabelledImages,
): Promise<string> {
  const chosen = chooseExamples(test.labels, { ...settings, seed });
  return await figure1(exampleRows(reconstruct, test, chosen, settings));
}

/** The report's charts, at the largest K. */
async function drawCharts(
  { rows, results }: AgreementStudy,
  history: readonly EpochLosses[],
): Promise<Omit<ReportFigures, "figure1">> {
  const k = Math.max(...results.settings.k);
  const distances = (ofNovel: boolean) =>
    rows.filter(({ novel }) => novel === ofNovel)
      .map(({ maxDistance }) => maxDistance[k]);
  const histogram = distanceHistogram(
    { normal: distances(false), novel: distances(true) },
    k,
  );
  return {
    figure2: await chartToSvg(figure2(results.agreement[k])),
    distances: await chartToSvg(histogram),
    ...history.length > 0 &&
      { training: await chartToSvg(trainingCurve(history)) },
  };
}
