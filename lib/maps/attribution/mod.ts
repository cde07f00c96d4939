/**
 * The maps that compete in finding what is novel in an image.
 *
 * @module
 */
import { computeMaps, errorMap, type MappedModel } from "../maps.ts";
import {
  type Tensor1D,
  type Tensor3D,
  type Tensor4D,
  tf,
} from "../../tensor/tensorflow.ts";
import { brightnessMap, randomMap, sobelMap } from "./baselines.ts";
import { deepLift } from "./deep_lift.ts";
import { gradCam } from "./grad_cam.ts";
import { guidedBackpropagation } from "./guided_backpropagation.ts";
import { integratedGradients } from "./integrated_gradients.ts";
import { iterativeProjection } from "./iterative_projection.ts";
import { occlusion } from "./occlusion.ts";
import { gradientTimesInput, saliencyTimesError } from "./products.ts";
import { scoreGradientMap } from "./score_gradient.ts";
import { smoothGrad } from "./smooth_grad.ts";
import { ssimErrorMap } from "./ssim_error.ts";

export {
  brightnessMap,
  deepLift,
  gradCam,
  gradientTimesInput,
  guidedBackpropagation,
  integratedGradients,
  iterativeProjection,
  occlusion,
  randomMap,
  saliencyTimesError,
  scoreGradientMap,
  smoothGrad,
  sobelMap,
  ssimErrorMap,
};
export { lossGradient, strongestChannel } from "./loss_gradient.ts";

/** A map and what is known of it. */
export interface Attribution {
  /** The map of each image, with its defaults: [N, H, W, C] to [N, H, W], ≥ 0. */
  map: (model: MappedModel, x: Tensor4D, seed: number) => Tensor3D;
  /** Passes forward through the model, for images of 28×28 pixels. */
  passes: number;
  /** Whether it knows nothing of the model. */
  isBaseline: boolean;
  /** Whether it looks inside the model, as at activations or feature maps. */
  needsLayers?: boolean;
  /** Whether it looks at the encoder's feature maps, which not every model has. */
  needsFeatureMaps?: boolean;
  /** Where it was published; none for products made here. */
  reference?: string;
}

/**
 * Every map of any model by its name. The squared saliency map has the order
 * of the saliency map, and so the same scores wherever only the order counts.
 */
export const ATTRIBUTIONS: Record<string, Attribution> = {
  "reconstruction error": {
    map: ({ reconstruct }, x) => tf.tidy(() => errorMap(x, reconstruct(x))),
    passes: 1,
    isBaseline: false,
    reference: "Feeney & Hughes, 2021, equation 1",
  },
  "saliency": {
    map: ({ reconstruct }, x) =>
      tf.tidy(() => computeMaps(reconstruct, x).saliency),
    passes: 1,
    isBaseline: false,
    reference: "Simonyan et al., 2014; Feeney & Hughes, 2021, equation 3",
  },
  "squared saliency": {
    map: ({ reconstruct }, x) =>
      tf.tidy(() => tf.square(computeMaps(reconstruct, x).saliency)),
    passes: 1,
    isBaseline: false,
    reference: "Feeney & Hughes, 2021, Section 3.1",
  },
  "saliency × error": {
    map: ({ reconstruct }, x) => saliencyTimesError(reconstruct, x),
    passes: 1,
    isBaseline: false,
  },
  "gradient × input": {
    map: ({ reconstruct }, x) => gradientTimesInput(reconstruct, x),
    passes: 1,
    isBaseline: false,
    reference: "Shrikumar et al., 2016",
  },
  "SmoothGrad": {
    map: ({ reconstruct }, x, seed) => smoothGrad(reconstruct, x, { seed }),
    passes: 50,
    isBaseline: false,
    reference: "Smilkov et al., 2017",
  },
  "integrated gradients": {
    map: ({ reconstruct }, x) =>
      tf.tidy(() => tf.abs(integratedGradients(reconstruct, x))),
    passes: 50,
    isBaseline: false,
    reference: "Sundararajan et al., 2017, equation 1",
  },
  "guided backpropagation": {
    map: ({ reconstructWith }, x) => guidedBackpropagation(reconstructWith!, x),
    passes: 1,
    isBaseline: false,
    needsLayers: true,
    reference: "Springenberg et al., 2015",
  },
  "DeepLIFT": {
    map: ({ reconstructWith }, x) =>
      tf.tidy(() => tf.abs(deepLift(reconstructWith!, x))),
    passes: 2,
    isBaseline: false,
    needsLayers: true,
    reference: "Shrikumar et al., 2017, rescale rule",
  },
  "Grad-CAM": {
    map: ({ reconstructWith, featureMaps }, x) =>
      gradCam(reconstructWith!, x, { featureMaps: featureMaps! }),
    passes: 2,
    isBaseline: false,
    needsLayers: true,
    needsFeatureMaps: true,
    reference: "Selvaraju et al., 2017, equations 1 and 2",
  },
  "occlusion": {
    map: ({ reconstruct }, x) => occlusion(reconstruct, x),
    passes: 170,
    isBaseline: false,
    reference: "Zeiler & Fergus, 2014",
  },
  "iterative projection": {
    map: ({ reconstruct }, x) => iterativeProjection(reconstruct, x),
    passes: 100,
    isBaseline: false,
    reference: "Dehaene et al., 2020",
  },
  "SSIM error": {
    map: ({ reconstruct }, x) => ssimErrorMap(reconstruct, x),
    passes: 1,
    isBaseline: false,
    reference: "Bergmann et al., 2019",
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

/**
 * The maps that a model has, by name: those of {@linkcode ATTRIBUTIONS}, unless
 * they need layers that it does not show or feature maps that it does not have,
 * and two of each of its own novelty scores: how strongly the score changes with
 * a pixel, and the product of that with the error map (Zimmerer et al., 2018,
 * "Context-encoding Variational Autoencoder for Unsupervised Anomaly Detection",
 * for the Kullback–Leibler divergence).
 *
 * @param model with its scores
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { tf } from "../../tensor/tensorflow.ts";
 *
 * const model = { reconstruct: tf.zerosLike, scores: { brightness: tf.sum } };
 * const names = Object.keys(attributionsOf(model));
 * assertEquals(names.slice(-2), ["gradient of brightness", "error × gradient of brightness"]);
 * ```
 */
export function attributionsOf(
  model: MappedModel,
): Record<string, Attribution> {
  const shown = Object.entries(ATTRIBUTIONS)
    .filter(([, { needsLayers, needsFeatureMaps }]) =>
      (!needsLayers || model.reconstructWith) &&
      (!needsFeatureMaps || model.featureMaps !== undefined)
    );
  const own = Object.entries(model.scores ?? {}).flatMap(([name, score]) =>
    mapsOfScore(name, score)
  );
  return Object.fromEntries([...shown, ...own]);
}

/**
 * One of the maps that a model has.
 *
 * @param attributions from {@linkcode attributionsOf}
 * @param name of the map
 * @throws {RangeError} when the model has none of this name
 */
export function attributionNamed(
  attributions: Record<string, Attribution>,
  name: string,
): Attribution {
  if (Object.hasOwn(attributions, name)) return attributions[name];
  throw new RangeError(
    `the model has no map "${name}"; choose from ${
      Object.keys(attributions).join(", ")
    }`,
  );
}

function mapsOfScore(
  name: string,
  score: (x: Tensor4D) => Tensor1D,
): [string, Attribution][] {
  const gradient = (x: Tensor4D) => scoreGradientMap(score, x);
  return [
    [`gradient of ${name}`, {
      map: (_, x) => gradient(x),
      passes: 1,
      isBaseline: false,
    }],
    [`error × gradient of ${name}`, {
      passes: 2,
      isBaseline: false,
      map: ({ reconstruct }, x) =>
        tf.tidy(() => tf.mul(errorMap(x, reconstruct(x)), gradient(x))),
      reference: "Zimmerer et al., 2018",
    }],
  ];
}
