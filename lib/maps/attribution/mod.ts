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

/** A map and what is known of it. */
export interface Attribution {
  /** The map of each image, with its defaults: [N, H, W, C] to [N, H, W], ≥ 0. */
  map: (reconstruct: Reconstruct, x: Tensor4D, seed: number) => Tensor3D;
  /** Passes forward through the model, for images of 28×28 pixels. */
  passes: number;
  /** Whether it knows nothing of the model. */
  isBaseline: boolean;
  /** Where it was published; none for products made here. */
  reference?: string;
}

/**
 * Every map by its name. The squared saliency map has the order of the
 * saliency map, and so the same scores wherever only the order counts.
 */
export const ATTRIBUTIONS: Record<string, Attribution> = {
  "reconstruction error": {
    map: (reconstruct, x) => tf.tidy(() => errorMap(x, reconstruct(x))),
    passes: 1,
    isBaseline: false,
    reference: "Feeney & Hughes, 2021, equation 1",
  },
  "saliency": {
    map: (reconstruct, x) =>
      tf.tidy(() => computeMaps(reconstruct, x).saliency),
    passes: 1,
    isBaseline: false,
    reference: "Simonyan et al., 2014; Feeney & Hughes, 2021, equation 3",
  },
  "squared saliency": {
    map: (reconstruct, x) =>
      tf.tidy(() => tf.square(computeMaps(reconstruct, x).saliency)),
    passes: 1,
    isBaseline: false,
    reference: "Feeney & Hughes, 2021, Finding 6",
  },
  "saliency × error": {
    map: saliencyTimesError,
    passes: 1,
    isBaseline: false,
  },
  "gradient × input": {
    map: gradientTimesInput,
    passes: 1,
    isBaseline: false,
    reference: "Shrikumar et al., 2016",
  },
  "SmoothGrad": {
    map: (reconstruct, x, seed) => smoothGrad(reconstruct, x, { seed }),
    passes: 50,
    isBaseline: false,
    reference: "Smilkov et al., 2017",
  },
  "integrated gradients": {
    map: (reconstruct, x) =>
      tf.tidy(() => tf.abs(integratedGradients(reconstruct, x))),
    passes: 50,
    isBaseline: false,
    reference: "Sundararajan et al., 2017, equation 1",
  },
  "occlusion": {
    map: (reconstruct, x) => occlusion(reconstruct, x),
    passes: 170,
    isBaseline: false,
    reference: "Zeiler & Fergus, 2014",
  },
  "iterative projection": {
    map: (reconstruct, x) => iterativeProjection(reconstruct, x),
    passes: 100,
    isBaseline: false,
    reference: "Dehaene et al., 2020",
  },
  "brightness": {
    map: (_, x) => brightnessMap(x),
    passes: 0,
    isBaseline: true,
  },
  "edges (Sobel)": {
    map: (_, x) => sobelMap(x),
    passes: 0,
    isBaseline: true,
    reference: "Sobel & Feldman, 1968",
  },
  "random": {
    map: (_, x, seed) => randomMap(x, seed),
    passes: 0,
    isBaseline: true,
  },
};
