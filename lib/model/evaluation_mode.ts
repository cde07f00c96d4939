import {
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tf,
} from "../tensor/tensorflow.ts";
import { requireImageShape } from "./image_shape.ts";
import { type Activate, activate } from "./activation.ts";
import { autoencoderOf } from "./autoencoders/mod.ts";
import {
  type Autoencoder,
  type Layers,
  type ParameterSpec,
  specOf,
} from "./parameters.ts";
import { batchNormAffine, scaleOutputs } from "./fold_batch_norm.ts";
import { fromTorch } from "./torch_axes.ts";
import { transposedConv2dAsPublished } from "../tensor/torch_2021_transposed_conv.ts";
import { conv2d, transposedConv2d } from "../tensor/convolution.ts";
import { shiftChannels } from "../tensor/add.ts";
import { checkStateDict, type StateDict } from "../weights/state_dict.ts";

/**
 * Which input gradient is computed: the right one, or the one behind the
 * paper's printed figures (see {@linkcode transposedConv2dAsPublished}).
 */
export type Gradient = "exact" | "as-published";

/** Both input gradients, as flags and parameters name them. */
export const GRADIENTS: readonly Gradient[] = ["exact", "as-published"];

/** An autoencoder with its weights, which stay as they are. */
export interface FrozenAutoencoder {
  /** g(f(x)): images [N, H, W, C] to reconstructions of the same shape. */
  reconstruct: (x: Tensor4D) => Tensor4D;
  /**
   * The same, with activations that are computed or differentiated in another
   * way; models from elsewhere do not have it.
   */
  reconstructWith?: (x: Tensor4D, activate: Activate) => Tensor4D;
  /**
   * The encoder's last block of convolutions, whose activation gives its
   * smallest feature maps; undefined for an encoder without convolutions.
   */
  featureMaps?: string;
  /**
   * Novelty scores beside r̄, by name: images [N, H, W, C] to one number an
   * image, [N], higher is novel.
   */
  scores: Readonly<Record<string, (x: Tensor4D) => Tensor1D>>;
  /** Frees the weights' memory; `reconstruct` cannot be used afterwards. */
  dispose: () => void;
}

/**
 * An autoencoder in evaluation mode. Batch norm uses the running statistics,
 * which makes it a fixed scale and shift per channel: they are multiplied
 * into the weights once, here.
 *
 * @param weights a state dict with every array of the model
 * @param options `gradient`: which input gradient `reconstruct` has, default:
 * "exact"; `autoencoder`: the model, default: the one that the weights fit best,
 * for square images
 * @returns the model; its `reconstruct` throws a RangeError for images of
 * another shape than the autoencoder's
 * @throws {WeightsError} when the state dict does not fit the model
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { initialWeights } from "./autoencoders/convolutional.ts";
 * import { MNIST_SHAPE } from "./image_shape.ts";
 * import { tf } from "../tensor/tensorflow.ts";
 *
 * const model = freeze(initialWeights(0));
 * const { height, width, channels } = MNIST_SHAPE;
 * const y = model.reconstruct(tf.zeros([2, height, width, channels]));
 * assertEquals(y.shape, [2, height, width, channels]);
 * model.dispose();
 * ```
 */
export function freeze(
  weights: StateDict,
  { gradient = "exact", autoencoder = autoencoderOf(weights) }: {
    gradient?: Gradient;
    autoencoder?: Autoencoder;
  } = {},
): FrozenAutoencoder {
  const { arrays } = autoencoder;
  const frozen = freezeLayers(
    arrays,
    checkStateDict(weights, arrays),
    gradient,
  );
  const layers = evaluationLayers(frozen);
  const reconstructWith = (x: Tensor4D, activate: Activate) => {
    requireImageShape(x, autoencoder.shape);
    return tf.tidy(() => autoencoder.reconstruct(x, { ...layers, activate }));
  };
  const scores = Object.entries(autoencoder.scores ?? {}).map((
    [name, score],
  ) => [name, (x: Tensor4D) => {
    requireImageShape(x, autoencoder.shape);
    return tf.tidy(() => score(x, layers));
  }]);
  return {
    reconstruct: (x) => reconstructWith(x, activate),
    reconstructWith,
    featureMaps: arrays.findLast(({ operation, block }) =>
      operation === "conv" && block?.part === "encoder"
    )?.block?.name,
    scores: Object.fromEntries(scores),
    dispose: () =>
      frozen.forEach(({ asPublished: _, ...tensors }) =>
        tf.dispose(Object.values(tensors))
      ),
  };
}

/** Weights, then (y + centre)·scale + shift; each only where there is something to do. */
interface FrozenLayer {
  weight: Tensor;
  centre?: Tensor1D;
  scale?: Tensor1D;
  shift?: Tensor1D;
  /** Whether the input gradient is the published one. */
  asPublished?: boolean;
}

/** Every layer by the name of its weight, with its batch norm folded in. */
function freezeLayers(
  arrays: readonly ParameterSpec[],
  weights: StateDict,
  gradient: Gradient,
): Map<string, FrozenLayer> {
  /** Numbers laid out as a named array is, its own if none are given; kept. */
  const tensor = <T extends Tensor>(
    name: string,
    data: ArrayLike<number> = weights.get(name)!.data,
  ) => tf.keep(fromTorch(specOf(arrays, name), Float32Array.from(data))) as T;

  /** A layer whose batch norm is multiplied into its weights. */
  const foldNorm = (
    { name, norm }: ParameterSpec,
    outputAxis: 0 | 1,
  ): FrozenLayer => {
    if (!norm) return { weight: tensor(name) };
    const { scale, shift } = batchNormAffine(weights, norm);
    const folded = scaleOutputs(weights.get(name)!, scale, outputAxis);
    return {
      weight: tensor(name, folded),
      shift: tensor(`${norm}.bias`, shift),
    };
  };

  /**
   * A layer with its batch norm as a scale and shift of their own. Dense layers
   * centre first, as PyTorch does: what is large cancels before it is scaled.
   */
  const normApart = ({ name, norm }: ParameterSpec): FrozenLayer => {
    const weight = tensor(name);
    const biasName = name.replace(/weight$/, "bias");
    const bias = weights.get(biasName)?.data;
    if (!norm) return { weight, centre: bias && tensor(biasName) };
    const mean = weights.get(`${norm}.running_mean`)!.data;
    const centre = Float64Array.from(mean, (m, i) => (bias?.[i] ?? 0) - m);
    return {
      weight,
      centre: tensor(`${norm}.bias`, centre),
      scale: tensor(`${norm}.weight`, batchNormAffine(weights, norm).scale),
      shift: tensor(`${norm}.bias`),
    };
  };

  const freezeLayer = (spec: ParameterSpec): FrozenLayer => {
    if (spec.operation === "array") return { weight: tensor(spec.name) };
    if (spec.operation === "linear") return normApart(spec);
    if (spec.operation === "conv") return foldNorm(spec, 0);
    const isOneByOne = spec.shape[2] === 1 && spec.shape[3] === 1;
    if (gradient === "exact" || !isOneByOne) return foldNorm(spec, 1);
    // The wrong gradient mixes channels before batch norm scales them.
    return { ...normApart(spec), asPublished: true };
  };
  return new Map(
    arrays.filter(({ operation }) => operation)
      .map((spec) => [spec.name, freezeLayer(spec)]),
  );
}

function evaluationLayers(frozen: Map<string, FrozenLayer>): Layers {
  const get = (layer: string) => frozen.get(`${layer}.weight`)!;
  return {
    conv(x, { conv }, geometry) {
      const layer = get(conv);
      const weight = layer.weight as Tensor4D;
      return finish(() => conv2d(x, weight, geometry, { frozen: true }), layer);
    },
    transposedConv(x, { conv }, geometry) {
      const layer = get(conv);
      const weight = layer.weight as Tensor4D;
      const product = layer.asPublished
        ? () => transposedConv2dAsPublished(x, weight, { frozen: true })
        : () => transposedConv2d(x, weight, geometry, { frozen: true });
      return finish(product, layer);
    },
    linear(x, { linear }) {
      const layer = get(linear);
      const weight = layer.weight as Tensor2D;
      return finish(() => tf.matMul(x, weight, false, true), layer);
    },
    activate,
    array: <T extends Tensor>(name: string) => frozen.get(name)!.weight as T,
    statistic: <T extends Tensor>(name: string) =>
      frozen.get(name)!.weight as T,
    sample: (mean) => mean,
    addLoss: () => {},
  };
}

function finish<T extends Tensor>(
  product: () => T,
  { centre, scale, shift }: FrozenLayer,
): T {
  // The product is freed at once: at the widest layer it is most of the memory.
  return tf.tidy(() => {
    let y = product();
    if (centre) y = shiftChannels(y, centre);
    if (scale) y = tf.mul(y, scale);
    if (shift) y = shiftChannels(y, shift);
    return y;
  });
}
