import {
  type AgreementStudy,
  studyAgreement,
} from "../../lib/studies/agreement/agreement_study.ts";
import { chooseExamples, exampleRows } from "../../lib/figures/examples.ts";
import { figure1 } from "../../lib/figures/figure1.ts";
import { figure2 } from "../../lib/figures/figure2.ts";
import { chartToSvg, svgToPng } from "../../lib/figures/render.ts";
import type { LabelledImages } from "../../lib/data/images.ts";
import {
  freeze,
  type FrozenAutoencoder,
  type Gradient,
} from "../../lib/model/evaluation_mode.ts";
import type { Reconstruct } from "../../lib/maps/maps.ts";
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
import { writeAtomically } from "./files.ts";

/** A trained model. */
interface EvaluatedModel {
  weights: StateDict;
  autoencoder?: Autoencoder;
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
 */
export async function evaluateModel(
  trained: EvaluatedModel | FrozenAutoencoder,
  test: LabelledImages,
  settings: ResultSettings,
  out: string,
): Promise<AgreementStudy> {
  const { gradient, k: ks } = settings;
  const model = "reconstruct" in trained ? trained : freeze(trained.weights, {
    gradient: gradient as Gradient,
    autoencoder: trained.autoencoder,
  });
  const study = await withProgress(
    `maps and metrics, ${gradient} gradient`,
    (onProgress) =>
      studyAgreement(model.reconstruct, test, settings, { onProgress }),
  );
  const { results, rows } = study;
  await writeAtomically(
    `${out}/results.json`,
    JSON.stringify({ kind: "agreement", ...results }, null, 2) + "\n",
  );
  await writeAtomically(`${out}/per_image.csv`, toCsv(rows, ks));
  await writeAtomically(`${out}/table.md`, resultsTable(results) + "\n");
  const figures = await drawFigures(results, model.reconstruct, test);
  model.dispose();
  for (const [name, svg] of Object.entries(figures)) {
    await writeAtomically(`${out}/${name}.svg`, svg);
    await writeAtomically(`${out}/${name}.png`, svgToPng(svg));
  }
  await writeAtomically(`${out}/report.html`, report(results, figures));
  return study;
}

async function drawFigures(
  results: Results,
  reconstruct: Reconstruct,
  test: LabelledImages,
): Promise<ReportFigures> {
  const { normalClasses, classes, seed = 0 } = results.settings;
  const chosen = chooseExamples(test.labels, normalClasses, seed);
  const rows = exampleRows(
    reconstruct,
    test,
    chosen,
    normalClasses,
    classes,
  );
  const largest = Math.max(...results.settings.k);
  return {
    figure1: await figure1(rows),
    figure2: await chartToSvg(figure2(results.agreement[largest])),
  };
}
