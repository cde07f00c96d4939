import {
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tf,
} from "../tensor/tensorflow.ts";
import { autoencoderOf } from "./autoencoders/mod.ts";
import { entryOf, type Layers } from "./parameters.ts";
import { affine, scaleOutputs } from "./fold_batch_norm.ts";
import { toTensor } from "./torch_axes.ts";
import { transposedConv2dAsPublished } from "../tensor/torch_2021_transposed_conv.ts";
import {
  batchNorm,
  type BatchStatistics,
  batchStatistics,
} from "../tensor/batch_norm.ts";
import { conv2d, transposedConv2d } from "../tensor/convolution.ts";
import { gaussian } from "../tensor/gaussian_noise.ts";
import { shiftChannels } from "../tensor/add.ts";
import { checkStateDict, type StateDict } from "../weights/state_dict.ts";

/**
 * Which input gradient is computed: the right one, or the one behind the
 * paper's printed figures (see {@linkcode transposedConv2dAsPublished}).
 */
export type Gradient = "exact" | "as-published";

/** Tensors in TensorFlow's axis order, by PyTorch's names. */
export type Tensors = Record<string, Tensor>;

/**
 * Layers in training mode: batch norm with the batch's own statistics.
 *
 * @param tensors the model's parameters
 * @param options `onStatistics`: gets each batch norm's mean and unbiased
 * variance as they come, and must keep what it wants to use later; `onLoss`:
 * gets what models add to the loss; `noiseSeed`: decides the draws of
 * variational models
 */
export function trainingLayers(
  tensors: Tensors,
  { onStatistics, onLoss, noiseSeed }: {
    onStatistics: (norm: string, statistics: BatchStatistics) => void;
    onLoss: (loss: Scalar) => void;
    noiseSeed: number;
  },
): Layers {
  const get = <T extends Tensor>(name: string) => tensors[name] as T;
  const normalise = (x: Tensor4D, norm: string) => {
    const statistics = batchStatistics(x);
    const { mean, variance } = statistics;
    const count = x.size / mean.size;
    const unbiased = tf.mul(variance, count / (count - 1)) as Tensor1D;
    onStatistics(norm, { mean, variance: unbiased });
    const [scale, offset] = ["weight", "bias"].map((part) =>
      get<Tensor1D>(`${norm}.${part}`)
    );
    return batchNorm(x, statistics, scale, offset);
  };
  return {
    conv(x, { conv, norm }, geometry) {
      const y = conv2d(x, get(`${conv}.weight`), geometry);
      return norm ? normalise(y, norm) : y;
    },
    transposedConv(x, { conv, norm }, geometry) {
      return normalise(
        transposedConv2d(x, get(`${conv}.weight`), geometry),
        norm,
      );
    },
    linear(x, { linear, norm }) {
      const product = tf.matMul(x, get(`${linear}.weight`), false, true);
      const y = tf.add(product, get(`${linear}.bias`)) as Tensor2D;
      if (!norm) return y;
      const [n, features] = y.shape;
      return normalise(tf.reshape(y, [n, 1, 1, features]), norm)
        .reshape([n, features]);
    },
    sample(mean, logVariance) {
      const draw = gaussian<Tensor2D>(mean.shape, 1, noiseSeed);
      const deviation = tf.exp(tf.mul(logVariance, 0.5));
      return tf.add(mean, tf.mul(deviation, draw));
    },
    addLoss: (loss) => onLoss(loss()),
  };
}

/** An autoencoder with its weights, which stay as they are. */
export interface FrozenAutoencoder {
  /** g(f(x)): images [N, 28, 28, 1] to reconstructions of the same shape. */
  reconstruct: (x: Tensor4D) => Tensor4D;
  /** Frees the weights' memory; `reconstruct` cannot be used afterwards. */
  dispose: () => void;
}

/**
 * An autoencoder in evaluation mode. Batch norm uses the running statistics,
 * which makes it a fixed scale and shift per channel: they are multiplied
 * into the weights once, here.
 *
 * @param weights a state dict with every entry of the model, whose names tell
 * which one it is
 * @param options `gradient`: which input gradient `reconstruct` has; "exact"
 * unless told
 * @throws {WeightsError} when the state dict does not fit the model
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { initialWeights } from "./autoencoders/convolutional.ts";
 * import { tf } from "../tensor/tensorflow.ts";
 *
 * const model = freeze(initialWeights(0));
 * const y = model.reconstruct(tf.zeros([2, 28, 28, 1]));
 * assertEquals(y.shape, [2, 28, 28, 1]);
 * model.dispose();
 * ```
 */
export function freeze(
  weights: StateDict,
  { gradient = "exact" }: { gradient?: Gradient } = {},
): FrozenAutoencoder {
  const autoencoder = autoencoderOf(weights);
  const { layers, dispose } = evaluationLayers(
    checkStateDict(weights, autoencoder.entries),
    gradient,
  );
  const reconstruct = (x: Tensor4D) =>
    tf.tidy(() => autoencoder.reconstruct(x, layers));
  // Layers make their tensors at first use: now, not while somebody measures.
  tf.tidy(() => void reconstruct(tf.zeros([1, 28, 28, 1])));
  return { reconstruct, dispose };
}

/** Weights, then y·scale + shift; each only where there is something to do. */
interface Frozen {
  weight: Tensor;
  centre?: Tensor1D;
  scale?: Tensor1D;
  shift?: Tensor1D;
}

function evaluationLayers(weights: StateDict, gradient: Gradient) {
  const frozen = new Map<string, Frozen>();
  const get = (layer: string, freezeLayer: () => Frozen) => {
    const known = frozen.get(layer) ?? freezeLayer();
    frozen.set(layer, known);
    return known;
  };
  const layers: Layers = {
    conv(x, { conv, norm }, geometry) {
      const layer = get(conv, () => foldNorm(weights, conv, norm, 0));
      const weight = layer.weight as Tensor4D;
      return finish(
        () => conv2d(x, weight, geometry, { frozen: true }),
        layer,
      );
    },
    transposedConv(x, { conv, norm }, geometry) {
      if (gradient === "as-published" && geometry.padding[0] === 0) {
        // The wrong gradient mixes channels before batch norm scales them.
        const layer = get(conv, () => normApart(weights, conv, norm));
        const weight = layer.weight as Tensor4D;
        return finish(() => transposedConv2dAsPublished(x, weight), layer);
      }
      const layer = get(conv, () => foldNorm(weights, conv, norm, 1));
      const weight = layer.weight as Tensor4D;
      return finish(
        () => transposedConv2d(x, weight, geometry, { frozen: true }),
        layer,
      );
    },
    linear(x, { linear, norm }) {
      const layer = get(linear, () => normApart(weights, linear, norm));
      const weight = layer.weight as Tensor2D;
      return finish(() => tf.matMul(x, weight, false, true), layer);
    },
    sample: (mean) => mean,
    addLoss: () => {},
  };
  const dispose = () =>
    frozen.forEach((layer) => tf.dispose(Object.values(layer)));
  return { layers, dispose };
}

function finish<T extends Tensor>(
  product: () => T,
  { centre, scale, shift }: Frozen,
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

/** A layer whose batch norm is multiplied into its weights. */
function foldNorm(
  weights: StateDict,
  layer: string,
  norm: string | undefined,
  outputAxis: 0 | 1,
): Frozen {
  if (!norm) return { weight: keep(weights, `${layer}.weight`) };
  const { scale, shift } = affine(weights, norm);
  const name = `${layer}.weight`;
  const folded = scaleOutputs(weights.get(name)!, scale, outputAxis);
  return {
    weight: keep(weights, name, folded),
    shift: keep(weights, `${norm}.bias`, shift),
  };
}

/**
 * A layer with its batch norm as a scale and shift of their own. Dense layers
 * centre first, as PyTorch does: what is large cancels before it is scaled.
 */
function normApart(
  weights: StateDict,
  layer: string,
  norm: string | undefined,
): Frozen {
  const weight = keep(weights, `${layer}.weight`);
  const bias = weights.get(`${layer}.bias`)?.data;
  if (!norm) return { weight, centre: bias && keep(weights, `${layer}.bias`) };
  const mean = weights.get(`${norm}.running_mean`)!.data;
  const centre = Float64Array.from(mean, (m, i) => (bias?.[i] ?? 0) - m);
  return {
    weight,
    centre: keep(weights, `${norm}.bias`, centre),
    scale: keep(weights, `${norm}.weight`, affine(weights, norm).scale),
    shift: keep(weights, `${norm}.bias`),
  };
}

/** A tensor in the place of a named entry, kept until disposed of. */
function keep<T extends Tensor>(
  weights: StateDict,
  name: string,
  data: ArrayLike<number> = weights.get(name)!.data,
): T {
  const entry = entryOf(autoencoderOf(weights).entries, name);
  return tf.keep(toTensor(entry, Float32Array.from(data))) as T;
}
