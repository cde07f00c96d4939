import type { Dataset } from "../data/dataset.ts";
import { dataSettings } from "../training/data_settings.ts";
import { mnistData } from "../data/mnist_data.ts";
import { checkClasses } from "../data/split.ts";
import { MODEL_NAMES, type ModelName } from "../model/autoencoders/mod.ts";
import { type Gradient, GRADIENTS } from "../model/evaluation_mode.ts";
import {
  MOST_EPOCHS,
  PAPER,
  PAPER_SETTINGS,
  type RunSettings,
} from "../training/settings.ts";
import { Sentence } from "./sentence.ts";

/** What a student may change. */
export interface StudyParameters {
  /** Classes to train on; the others are novel. */
  normalClasses: readonly (number | string)[];
  /** Epochs to train, 1 to {@linkcode MOST_EPOCHS}. */
  epochs: number;
  /** Decides initial weights, split and order of the images. */
  seed: number;
  /** Which input gradient. */
  gradient: Gradient;
  /** Size of the top-K sets, 1 to the number of pixels; default: 10. */
  k?: number;
  /** Which test image to look at, from 0; default: the first. */
  imageNumber?: number;
  /** Which autoencoder; default: the paper's. */
  model?: ModelName;
  /** A data set's name, or a folder of images; default: the whole of MNIST. */
  data?: string;
  /** Whether to refuse where the model would have to be trained first. */
  keptOnly?: boolean;
}

/** Parameters that can be used. */
export interface CheckedParameters {
  /** What makes the model. */
  settings: RunSettings;
  /** Which gradient the saliency map is taken with. */
  gradient: Gradient;
  /** Size of the top-K sets. */
  k: number;
  /** The test image to look at, from 0. */
  imageNumber: number;
}

/**
 * Checks a student's parameters, all of them, before any work.
 *
 * @param parameters as typed into the cell
 * @param dataset that they name; default: the whole of MNIST
 * @returns the settings of the run, classes in ascending order
 * @throws {Sentence} which names the first bad parameter and its value
 *
 * @example The order of the classes makes no other model
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const good = { normalClasses: [8, "3"], epochs: 1, seed: 0, gradient: "exact" } as const;
 * assertEquals(checkParameters(good).settings.normalClasses, [3, 8]);
 * assertThrows(() => checkParameters({ ...good, k: 0 }), Error, "k is 0");
 * ```
 */
export function checkParameters(
  parameters: StudyParameters,
  dataset: Dataset = mnistData,
): CheckedParameters {
  const { normalClasses, epochs, seed, gradient } = parameters;
  const { k = 10, model = PAPER.model, imageNumber = 0 } = parameters;
  const [height, width] = dataset.shape;
  const labels = requireClasses(normalClasses, dataset.classes);
  requireWhole("epochs", epochs, [1, MOST_EPOCHS]);
  requireWhole("seed", seed, [0, 2 ** 32 - 1]);
  requireOneOf("gradient", gradient, GRADIENTS);
  requireWhole("k", k, [1, height * width]);
  requireOneOf("model", model, MODEL_NAMES);
  requireWhole("imageNumber", imageNumber, [0, 2 ** 32]);
  const settings = {
    ...{ ...PAPER_SETTINGS, epochs, seed },
    ...{ normalClasses: labels, ...dataSettings(dataset) },
    ...model !== PAPER.model && { model },
  };
  return { settings, gradient, k, imageNumber };
}

/**
 * That there is a test image of a number.
 *
 * @param imageNumber from 0
 * @param images in the test set
 * @throws {Sentence} when there is none
 */
export function requireImage(imageNumber: number, images: number) {
  requireWhole("imageNumber", imageNumber, [0, images - 1]);
}

function requireClasses(value: unknown, classes: readonly string[]): number[] {
  const shown = show(value);
  if (!Array.isArray(value)) {
    throw new Sentence(
      `normalClasses is ${shown}; write a list of digits, such as [0, 1, 2]`,
    );
  }
  try {
    return checkClasses(value, classes);
  } catch (error) {
    throw new Sentence(
      `normalClasses is ${shown}: ${(error as Error).message}`,
    );
  }
}

/**
 * That a parameter is a whole number in a range.
 *
 * @param name of the parameter
 * @param value as typed
 * @param range the least and the largest
 * @throws {Sentence} which names both, when it is not
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => requireWhole("images", 1, [2, 2000]), Error, "images is 1");
 * ```
 */
export function requireWhole(
  name: string,
  value: unknown,
  [least, most]: [number, number],
) {
  const number = value as number;
  if (Number.isInteger(value) && number >= least && number <= most) return;
  throw new Sentence(
    `${name} is ${
      show(value)
    }; it must be a whole number from ${least} to ${most}`,
  );
}

function requireOneOf(name: string, value: unknown, known: readonly unknown[]) {
  if (known.includes(value)) return;
  throw new Sentence(
    `${name} is ${show(value)}; choose ${known.map(show).join(" or ")}`,
  );
}

/** A value as one would type it, on one line. */
function show(value: unknown): string {
  return Deno.inspect(value, { compact: true, breakLength: Infinity });
}
