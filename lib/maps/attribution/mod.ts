/**
 * The maps that compete in finding what is novel in an image.
 *
 * @module
 */
import { computeMaps, errorMap, type Reconstruct } from "../maps.ts";
import { type Tensor3D, type Tensor4D, tf } from "../../tensor/tensorflow.ts";
import { brightnessMap, randomMap, sobelMap } from "./baselines.ts";
import { integratedGradients } from "./integrated_gradients.ts";
import { iterativeProjection } from "./iterative_projection.ts";
import { occlusion } from "./occlusion.ts";
import { gradientTimesInput, saliencyTimesError } from "./products.ts";
import { smoothGrad } from "./smooth_grad.ts";

export {
  brightnessMap,
  gradientTimesInput,
  integratedGradients,
  iterativeProjection,
  occlusion,
  randomMap,
  saliencyTimesError,
  smoothGrad,
  sobelMap,
};
export { lossGradient, strongestChannel } from "./loss_gradient.ts";

/** A map of each image: [N, H, W, C] to [N, H, W], ≥ 0. */
export type Attribution = (
  reconstruct: Reconstruct,
  x: Tensor4D,
  seed: number,
) => Tensor3D;

/**
 * Every map by its name, with its defaults; the last three are controls. The
 * squared saliency map has the order of the saliency map, and so the same
 * scores wherever only the order counts.
 */
export const ATTRIBUTIONS: Record<string, Attribution> = {
  "reconstruction error": (reconstruct, x) =>
    tf.tidy(() => errorMap(x, reconstruct(x))),
  "saliency": (reconstruct, x) =>
    tf.tidy(() => computeMaps(reconstruct, x).saliency),
  "squared saliency": (reconstruct, x) =>
    tf.tidy(() => tf.square(computeMaps(reconstruct, x).saliency)),
  "saliency × error": saliencyTimesError,
  "gradient × input": gradientTimesInput,
  "SmoothGrad": (reconstruct, x, seed) => smoothGrad(reconstruct, x, { seed }),
  "integrated gradients": (reconstruct, x) =>
    tf.tidy(() => tf.abs(integratedGradients(reconstruct, x))),
  "occlusion": (reconstruct, x) => occlusion(reconstruct, x),
  "iterative projection": (reconstruct, x) =>
    iterativeProjection(reconstruct, x),
  "brightness": (_, x) => brightnessMap(x),
  "edges (Sobel)": (_, x) => sobelMap(x),
  "random": (_, x, seed) => randomMap(x, seed),
};

/** The maps that take many passes through the model, twenty and more. */
export const MANY_PASSES: ReadonlySet<string> = new Set([
  "SmoothGrad",
  "integrated gradients",
  "occlusion",
  "iterative projection",
]);
