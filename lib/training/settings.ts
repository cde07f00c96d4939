import { checkClasses, type Split, splitNormal } from "../data/split.ts";
import { DIGITS } from "../data/mnist_data.ts";
import { DataError } from "../data/dataset.ts";
import {
  type ImageShape,
  MNIST_SHAPE,
  shapeText,
} from "../model/image_shape.ts";
import {
  autoencoderNamed,
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
  /** What moves batch norm's statistics after an epoch; default: as the authors. */
  passes?: Passes;
}

/**
 * What passes through the model in training mode after an epoch's steps, to
 * move batch norm's running statistics on: the validation images, as in the
 * authors' code, or nothing, as is usual elsewhere.
 */
export type Passes = "validation" | "none";

/** As many epochs as a file's header holds the losses of, and some to spare. */
export const MOST_EPOCHS = 50_000;

/** The kinds of passes, as flags name them; the first is the authors'. */
export const PASSES: readonly Passes[] = ["validation", "none"];

/** The paper's settings: the authors' published code has them, the paper does not. */
export const PAPER_SETTINGS = {
  epochs: 500,
  batchSize: 256,
  learningRate: 1e-2,
} as const;

/** The paper's experiment (Sections 3.2 and 4). */
export const PAPER = {
  ...PAPER_SETTINGS,
  /** Digits that count as normal; the others are novel. */
  normalClasses: [0, 1, 2, 3, 4] as readonly number[],
  /** Values of K in the top-K metrics. */
  ks: [5, 10] as readonly number[],
  data: "mnist-data",
  model: PAPER_MODEL,
} as const;

/** What decides the course of training, kept with every model. */
export interface RunSettings extends TrainingSettings {
  /** Labels of the classes trained on. */
  normalClasses: number[];
  /** The data set's name, or its folder. */
  data: string;
  /** Names of all classes; default: the ten digits. */
  classes?: readonly string[];
  /** Of the images; default: MNIST's. */
  shape?: ImageShape;
  /** Which autoencoder; default: the paper's. */
  model?: ModelName;
  /** Batch norm's running statistics, where they were made anew after training. */
  statistics?: "validation" | "precise";
}

/**
 * Which normal images train a run's model and which validate it.
 *
 * @param labels of the training file's images
 * @param settings of the run
 * @throws {DataError} when there are too few to train and to validate
 */
export function trainingSplit(
  labels: ArrayLike<number>,
  { normalClasses, seed, classes }: RunSettings,
): Split {
  const split = splitNormal(labels, normalClasses, seed, classes);
  const { training, validation } = split;
  // Batch norm has no variance of one image, and a loss no mean of none.
  if (training.length >= 2 && validation.length >= 1) return split;
  throw new DataError(
    `${training.length + validation.length} normal images are too few to ` +
      "train on: a tenth of each class validates, so that one class needs 5",
  );
}

/** What decides the course of a run, epochs aside, as text to compare. */
const COURSE: Record<string, (settings: RunSettings) => unknown> = {
  model: ({ model = PAPER_MODEL }) => model,
  // Before what follows from it.
  data: ({ data }) => data,
  shape: ({ shape = MNIST_SHAPE }) => shapeText(shape),
  classes: ({ classes = DIGITS }) => classes,
  seed: ({ seed }) => seed,
  normalClasses: ({ normalClasses, classes }) =>
    checkClasses(normalClasses, classes),
  batchSize: ({ batchSize }) => batchSize,
  learningRate: ({ learningRate }) => learningRate,
  passes: ({ passes = PASSES[0] }) => passes,
  "running statistics": ({ statistics = "as trained" }) => statistics,
};

/**
 * The first setting in which two runs differ, epochs aside: one run goes on
 * from where the other is only if there is none.
 *
 * @param found of the run that is there
 * @param wanted of the run that is asked for
 * @returns as in "seed 3, not 4"; undefined where all are the same
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const run = { ...PAPER_SETTINGS, seed: 3, normalClasses: [0], data: "mnist" };
 * assertEquals(differingSetting(run, { ...run, seed: 4 }), "seed 3, not 4");
 * assertEquals(differingSetting(run, { ...run, epochs: 20 }), undefined);
 * ```
 */
export function differingSetting(
  found: RunSettings,
  wanted: RunSettings,
): string | undefined {
  for (const [key, value] of Object.entries(COURSE)) {
    const [theirs, ours] = [value(found), value(wanted)];
    // As JSON, for names of classes may have commas.
    if (JSON.stringify(theirs) !== JSON.stringify(ours)) {
      return `${key} ${theirs}, not ${ours}`;
    }
  }
}

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
  const { learningRate, data, model, classes, shape, passes } = settings;
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
  requireSetting("classes", classes === undefined || areNames(classes));
  requireSetting("normalClasses", areClasses(settings.normalClasses, classes));
  requireInteger("seed", [0, 2 ** 32 - 1]);
  requireInteger("epochs", [1, 100_000]);
  requireInteger("batchSize", [2, 100_000]);
  requireSetting(
    "learningRate",
    Number.isFinite(learningRate) && learningRate > 0,
  );
  requireSetting("passes", passes === undefined || PASSES.includes(passes));
  requireSetting(
    "statistics",
    [undefined, "validation", "precise"].includes(settings.statistics),
  );
  requireSetting("data", typeof data === "string" && data !== "");
  requireSetting("shape", shape === undefined || isShape(shape));
  requireSetting("model", model === undefined || MODEL_NAMES.includes(model));
  requireSetting("shape", takesShape(settings));
  return settings;
}

const areNames = (value: unknown) =>
  Array.isArray(value) && value.length > 1 && value.length <= 256 &&
  value.every((name) => typeof name === "string" && name !== "");

const isShape = (value: ImageShape) =>
  [value?.height, value?.width, value?.channels].every((length) =>
    Number.isInteger(length) && length > 0 && length <= 4096
  );

/** Whether the model takes images of the shape. */
function takesShape(settings: RunSettings): boolean {
  try {
    autoencoderNamed(settings);
    return true;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return false;
  }
}

function areClasses(value: unknown, classes?: readonly string[]): boolean {
  if (!Array.isArray(value)) return false;
  try {
    return checkClasses(value, classes).length === value.length;
  } catch {
    return false;
  }
}
