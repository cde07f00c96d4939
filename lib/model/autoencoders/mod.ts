/**
 * The autoencoders that can be trained and measured here: the paper's, and
 * others to see whether its findings hold elsewhere.
 *
 * @module
 */
import { CONVOLUTIONAL } from "./convolutional.ts";
import type { Autoencoder } from "../parameters.ts";
import type { StateDict } from "../../weights/state_dict.ts";
import { DENOISING } from "./denoising.ts";
import { DENSE } from "./dense.ts";
import { VARIATIONAL } from "./variational.ts";

/** Names of the autoencoders. */
export type ModelName =
  | "convolutional"
  | "denoising"
  | "dense"
  | "variational";

/** Every autoencoder by its name; the first is the paper's. */
export const AUTOENCODERS: Readonly<Record<ModelName, Autoencoder>> = {
  convolutional: CONVOLUTIONAL,
  denoising: DENOISING,
  dense: DENSE,
  variational: VARIATIONAL,
};

/** The default model of settings: the paper's. */
export const PAPER_MODEL: ModelName = "convolutional";

/** The names, the paper's first. */
export const MODEL_NAMES = Object.keys(AUTOENCODERS) as ModelName[];

/**
 * The autoencoder that settings name, or the paper's where they name none.
 *
 * @param settings of a run
 */
export function autoencoderNamed(
  { model = PAPER_MODEL }: { model?: ModelName },
): Autoencoder {
  return AUTOENCODERS[model];
}

/**
 * The autoencoder that weights belong to: the one with the largest part of its
 * and their arrays in common, by name and shape. A denoising one is the
 * paper's once it is trained.
 *
 * @param weights of any model; default where no array matches: the paper's, so
 * that checking the weights says what is missing
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { initialise } from "../parameters.ts";
 *
 * const { dense } = AUTOENCODERS;
 * assertEquals(autoencoderOf(initialise(dense.arrays, 0)), dense);
 * ```
 */
export function autoencoderOf(weights: StateDict): Autoencoder {
  // The first of those that fit equally well.
  return Object.values(AUTOENCODERS).reduce((best, other) =>
    overlap(other, weights) > overlap(best, weights) ? other : best
  );
}

/** Arrays in both, as a part of all. */
function overlap({ arrays }: Autoencoder, weights: StateDict): number {
  const common =
    arrays.filter(({ name, shape }) =>
      String(weights.get(name)?.shape) === String(shape)
    ).length;
  return common / (arrays.length + weights.size - common);
}
