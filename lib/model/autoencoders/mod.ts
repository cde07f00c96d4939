/**
 * The autoencoders that can be trained and measured here: the paper's, and
 * others to see whether its findings hold elsewhere.
 *
 * @module
 */
import * as all from "./all.ts";
import type { ImageShape } from "../image_shape.ts";
import type { Autoencoder } from "../parameters.ts";
import type { StateDict } from "../../weights/state_dict.ts";
import { shapeOfWeights } from "./shape_of_weights.ts";

/** Names of the autoencoders. */
export type ModelName = keyof typeof all;

/** The default model of settings: the paper's. */
export const PAPER_MODEL = "convolutional" satisfies ModelName;

// A module's names come in alphabetical order.
const { [PAPER_MODEL]: convolutional, ...others } = all;

/**
 * Every autoencoder by its name, the paper's first: functions from the shape
 * of the images, default: MNIST's, to the model.
 */
export const AUTOENCODERS: Readonly<
  Record<ModelName, (shape?: ImageShape) => Autoencoder>
> = { convolutional, ...others };

/** The names, the paper's first. */
export const MODEL_NAMES = Object.keys(AUTOENCODERS) as ModelName[];

/**
 * The autoencoder that settings name, or the paper's where they name none.
 *
 * @param settings of a run; `shape`: of its images, default: MNIST's
 * @throws {RangeError} when the model does not take images of that shape
 */
export function autoencoderNamed(
  { model = PAPER_MODEL, shape }: { model?: ModelName; shape?: ImageShape },
): Autoencoder {
  return AUTOENCODERS[model](shape);
}

/**
 * The autoencoder that weights belong to: the one with the largest part of its
 * and their arrays in common, by name and shape. Where several have the same,
 * as the paper's, the denoising and the faulty one, it is one that trains on the
 * images as they are, with the right gradient.
 *
 * @param weights of any model; if of none, the answer is the paper's, whose
 * check then says what is missing
 * @param shape of the images, default: what {@linkcode shapeOfWeights} reads,
 * for which they have to be square
 * @throws {RangeError} when no model takes images of that shape
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { initialise } from "../parameters.ts";
 *
 * const dense = AUTOENCODERS.dense();
 * assertEquals(autoencoderOf(initialise(dense.arrays, 0)), dense);
 * ```
 */
export function autoencoderOf(
  weights: StateDict,
  shape: ImageShape = shapeOfWeights(weights),
): Autoencoder {
  return AUTOENCODERS[modelNameOf(weights, shape)](shape);
}

/**
 * The name of the autoencoder that weights belong to; see
 * {@linkcode autoencoderOf}.
 *
 * @param weights of any model
 * @param shape of the images, default: what {@linkcode shapeOfWeights} reads
 */
export function modelNameOf(
  weights: StateDict,
  shape: ImageShape = shapeOfWeights(weights),
): ModelName {
  const overlaps = MODEL_NAMES.map((name) => overlap(name, weights, shape));
  const best = Math.max(...overlaps);
  const fitting = MODEL_NAMES.filter((_, i) => overlaps[i] === best);
  // How a model was trained cannot be seen: the plainer one, then the first.
  const isPlain = (name: ModelName) => {
    const { corrupt, trainedAsPublished } = AUTOENCODERS[name]();
    return !corrupt && !trainedAsPublished;
  };
  return fitting.find(isPlain) ?? fitting[0];
}

/** Arrays in both, as a part of all; 0 for a model that refuses the shape. */
function overlap(
  name: ModelName,
  weights: StateDict,
  shape: ImageShape,
): number {
  const arrays = arraysOf(name, shape);
  const common =
    arrays.filter(({ name, shape }) =>
      String(weights.get(name)?.shape) === String(shape)
    ).length;
  return common / (arrays.length + weights.size || 1);
}

function arraysOf(name: ModelName, shape: ImageShape): Autoencoder["arrays"] {
  try {
    return AUTOENCODERS[name](shape).arrays;
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}
