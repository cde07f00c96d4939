/**
 * The autoencoders by their names, one line each: functions from the shape of
 * the images to the model.
 *
 * @module
 */
export { adversarial } from "./adversarial.ts";
export { autoregressive } from "./autoregressive.ts";
export { contextual } from "./contextual.ts";
export { convolutional } from "./convolutional.ts";
export { denoising } from "./denoising.ts";
export { dense } from "./dense.ts";
export { faulty } from "./faulty.ts";
export { memory } from "./memory.ts";
export { mixture } from "./mixture.ts";
export { ssim } from "./ssim.ts";
export { variational } from "./variational.ts";
