import type { LabelledImages } from "../data/images.ts";
import { type Data, DataError, type Dataset } from "../data/dataset.ts";
import { DATASETS, openDataset } from "../data/mod.ts";
import { autoencoderNamed } from "../model/autoencoders/mod.ts";
import type { Autoencoder } from "../model/parameters.ts";
import { freeze, type Gradient } from "../model/evaluation_mode.ts";
import type { MappedModel, Reconstruct } from "../maps/maps.ts";
import type { AgreementStudy } from "../studies/agreement/agreement_study.ts";
import type { Groups } from "../studies/agreement/groups.ts";
import {
  countRankedAgreements,
  type MapRankings,
  measureRankings,
  rankedAgreementShares,
  rankMaps,
} from "../studies/agreement/rankings.ts";
import { summarise } from "../studies/agreement/results.ts";
import { type Model, modelFile } from "../training/model_file.ts";
import { loadModel, modelName, trainedModel } from "../training/model_cache.ts";
import { PAPER, type RunSettings } from "../training/settings.ts";
import { sha256 } from "../support/sha256.ts";
import { WeightsError } from "../weights/state_dict.ts";
import {
  type CheckedParameters,
  checkParameters,
  requireImage,
  type StudyParameters,
} from "./check_parameters.ts";
import { modelCaption } from "../report/captions.ts";
import { closed } from "./closed.ts";
import { liveDisplay, markdownBundle } from "./display.ts";
import { Sentence } from "./sentence.ts";
import { showTrainingCost, trainingDisplay } from "./training_display.ts";

/**
 * A trained model in evaluation mode, with the chosen gradient, and its data:
 * ready to be looked at and measured.
 */
export interface Study extends Model, MappedModel {
  /** What made the model. */
  settings: RunSettings;
  /** The autoencoder that it is. */
  autoencoder: Autoencoder;
  /** Which gradient the saliency map is taken with. */
  gradient: Gradient;
  /** Size of the top-K sets. */
  k: number;
  /** The test image to look at. */
  imageNumber: number;
  /** The training file's images. */
  training: LabelledImages;
  /** The test images, with their masks where there are some. */
  test: LabelledImages;
  /** One line that says what everything drawn from this study shows. */
  caption: string;
  /**
   * The paper's measures of all test images. The first call computes the maps;
   * their rankings are kept, so that another K takes a moment.
   *
   * @param ks values of K
   */
  measure: (ks: readonly number[]) => Promise<AgreementStudy>;
  /** By K and group, how many images have each agreement, 0 to K. */
  agreementCounts: (
    ks: readonly number[],
  ) => Promise<Record<string, Groups<number[]>>>;
  /** By group, the mean agreement divided by K, for every K. */
  agreementShares: () => Promise<Groups<number[]>>;
}

/** What one set of weights, data and gradient gives, whatever K is. */
export type Core = Omit<Study, "k" | "imageNumber">;

/**
 * The study opened last: a notebook that is run again with another K finds its
 * maps here. One is kept: 31 MB for the rankings of MNIST's test images, 55 MB
 * for the images. Of those before it the frozen weights stay, 2 MB each, as
 * variables of the notebook may still hold them.
 */
let last: { key: string; core: Core } | undefined;

/**
 * What stands for the study until {@linkcode openStudy} has opened one: see
 * {@linkcode closed}.
 */
export function noStudy(): Study {
  return closed("there is no model yet: run the cell above");
}

/**
 * Opens what a notebook is about, in one call: checks all parameters, loads the
 * data, takes the model from data/models or trains it (and says first what that
 * costs), and freezes it.
 *
 * @param parameters as typed into the notebook's first cell
 * @throws {Sentence} when a parameter is wrong, before any work
 *
 * @example In a notebook
 * ```ts ignore
 * let study = noStudy();
 * // In the next cell:
 * study = await openStudy({ normalClasses: [3, 8], epochs: 20, seed: 0, gradient: "exact" });
 * await showMarkdown(study.caption);
 * ```
 */
export async function openStudy(parameters: StudyParameters): Promise<Study> {
  const dataset = await datasetOf(parameters);
  const checked = checkParameters(parameters, dataset);
  const { settings, gradient, k, imageNumber } = checked;
  if (parameters.keptOnly) await requireKept(settings);
  const data = await dataset.load();
  requireImage(imageNumber, data.test.labels.length);
  const model = await trainedModel(settings, data.training, {
    onCost: showTrainingCost,
    onEvent: trainingDisplay(settings.epochs),
  }).catch(unusable);
  const digest = await sha256(modelFile(settings, model));
  const images = await digestOf(settings.data, data);
  const key = JSON.stringify([digest, settings.data, images, gradient]);
  if (last?.key !== key) {
    const core = coreOf(checked, model, data.test);
    last = { key, core: { ...core, training: data.training } };
  }
  return { ...last.core, k, imageNumber };
}

/** Tells a folder's images from those that were in it before. */
async function digestOf(
  name: string,
  { training, test }: Data,
): Promise<string[]> {
  if (Object.hasOwn(DATASETS, name)) return []; // always the same
  const parts = [training, test].flatMap(({ pixels, labels, masks }) =>
    masks ? [pixels, labels, masks] : [pixels, labels]
  );
  return await Promise.all(
    parts.map((part) => sha256(part as Uint8Array<ArrayBuffer>)),
  );
}

/** A file of data/models that is damaged, or of another run, in one sentence. */
function unusable(error: unknown): never {
  if (!(error instanceof WeightsError)) throw error;
  throw new Sentence(error.message);
}

async function requireKept(settings: RunSettings) {
  if (await loadModel(settings).catch(unusable)) return;
  throw new Sentence(
    `there is no model data/models/${
      modelName(settings)
    }.safetensors: train it ` +
      "with `deno task train`, and copy its weights.safetensors there",
  );
}

async function datasetOf(
  { data = PAPER.data }: StudyParameters,
): Promise<Dataset> {
  try {
    return await openDataset(`${data}`);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw new Sentence(`data is ${JSON.stringify(data)}: ${error.message}`);
  }
}

/**
 * A model frozen, with its measures of the test images.
 *
 * @param checked settings of the run, and the gradient
 * @param model its weights
 * @param test images to measure
 */
export function coreOf(
  { settings, gradient }: Pick<CheckedParameters, "settings" | "gradient">,
  model: Model,
  test: LabelledImages,
): Omit<Core, "training"> {
  const autoencoder = autoencoderNamed(settings);
  const { reconstruct, reconstructWith, featureMaps, scores } = freeze(
    model.weights,
    { gradient, autoencoder },
  );
  const { normalClasses } = settings;
  const { labels, width, height } = test;
  let kept: MapRankings[] | undefined;
  const rankings = async () => kept ??= await ranked(reconstruct, test);
  return {
    ...model,
    ...{ settings, autoencoder, gradient, test },
    ...{ reconstruct, reconstructWith, featureMaps, scores },
    caption: captionOf(settings, gradient, labels.length),
    async measure(ks) {
      const rows = measureRankings(await rankings(), labels, {
        normalClasses,
        ks,
      });
      const used = { ...settings, gradient, k: [...ks], width };
      return { rows, results: summarise(rows, used, width * height) };
    },
    agreementCounts: async (ks) =>
      countRankedAgreements(await rankings(), labels, { normalClasses, ks }),
    agreementShares: async () =>
      rankedAgreementShares(await rankings(), labels, normalClasses),
  };
}

/** Both maps of all images, ranked; says from time to time how far it is. */
async function ranked(
  reconstruct: Reconstruct,
  test: LabelledImages,
): Promise<MapRankings[]> {
  const all = test.labels.length;
  const show = liveDisplay();
  const say = (text: string) => show(markdownBundle(text));
  const rankings: MapRankings[] = [];
  const start = performance.now();
  let shown = start;
  try {
    for (const batch of rankMaps(reconstruct, test)) {
      rankings.push(...batch);
      if (performance.now() - shown < 1000) continue;
      shown = performance.now();
      await say(`Maps of ${rankings.length} of ${all} test images …`);
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Sentence(`the model cannot be measured: ${error.message}`);
  }
  const seconds = Math.round((performance.now() - start) / 1000);
  await say(`Maps of ${all} test images, computed in ${seconds} s.`);
  return rankings;
}

/** One line that says what is shown of test images. */
function captionOf(
  settings: RunSettings,
  gradient: Gradient,
  images: number,
): string {
  return [
    modelCaption(settings),
    `${gradient} gradient`,
    `${images} test images of ${settings.data}`,
  ].join(" · ");
}
