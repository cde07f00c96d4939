import type { Autoencoder } from "../parameters.ts";
import { CONVOLUTIONAL } from "./convolutional.ts";

/**
 * A denoising autoencoder (Vincent et al., 2008, "Extracting and Composing
 * Robust Features with Denoising Autoencoders"): the paper's model, trained on
 * images with Gaussian noise of σ = 1/40, clamped to [0, 1], to give the clean
 * ones. The noise is that of a variant in the authors' own code.
 */
export const DENOISING: Autoencoder = { ...CONVOLUTIONAL, inputNoise: 1 / 40 };
