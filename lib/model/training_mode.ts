import {
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tf,
} from "../tensor/tensorflow.ts";
import { activate } from "./activation.ts";
import type { Layers } from "./parameters.ts";
import { batchNorm, batchStatistics } from "../tensor/batch_norm.ts";
import { conv2d, transposedConv2d } from "../tensor/convolution.ts";
import { transposedConv2dAsPublished } from "../tensor/torch_2021_transposed_conv.ts";
import { gaussian } from "../tensor/gaussian_noise.ts";

/** Tensors in TensorFlow's axis order, by PyTorch's names. */
export type Tensors = Record<string, Tensor>;

/**
 * Layers in training mode: batch norm with the batch's own statistics.
 *
 * @param tensors the model's parameters
 * @param options `onStatistic`: gets each statistic of the batch (batch
 * norm's means and unbiased variances) by the name of the buffer that it moves, and must
 * keep what it wants to use later; `onLoss`:
 * gets what models add to the loss; `noiseSeed`: decides the draws of
 * variational models; `asPublished`: whether 1×1 transposed convolutions have
 * PyTorch's wrong gradient of 2021
 */
export function trainingLayers(
  tensors: Tensors,
  { onStatistic, onLoss, noiseSeed, asPublished = false }: {
    onStatistic: (name: string, value: Tensor) => void;
    onLoss: (loss: Scalar) => void;
    noiseSeed: number;
    asPublished?: boolean;
  },
): Layers {
  const get = <T extends Tensor>(name: string) => tensors[name] as T;
  const normalise = (x: Tensor4D, norm: string) => {
    const statistics = batchStatistics(x);
    const { mean, variance } = statistics;
    const count = x.size / mean.size;
    const unbiased = tf.mul(variance, count / (count - 1)) as Tensor1D;
    onStatistic(`${norm}.running_mean`, mean);
    onStatistic(`${norm}.running_var`, unbiased);
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
      const weight = get<Tensor4D>(`${conv}.weight`);
      const y = asPublished && weight.shape[0] === 1
        ? transposedConv2dAsPublished(x, weight)
        : transposedConv2d(x, weight, geometry);
      return normalise(y, norm);
    },
    linear(x, { linear, norm }) {
      const product = tf.matMul(x, get(`${linear}.weight`), false, true);
      const y = tf.add(product, get(`${linear}.bias`)) as Tensor2D;
      if (!norm) return y;
      const [n, features] = y.shape;
      return normalise(tf.reshape(y, [n, 1, 1, features]), norm)
        .reshape([n, features]);
    },
    activate,
    array: get,
    statistic(name, ofBatch) {
      const value = ofBatch();
      onStatistic(name, value);
      return value;
    },
    sample(mean, logVariance) {
      const draw = gaussian<Tensor2D>(mean.shape, 1, noiseSeed);
      const deviation = tf.exp(tf.mul(logVariance, 0.5));
      return tf.add(mean, tf.mul(deviation, draw));
    },
    addLoss: (loss) => onLoss(loss()),
  };
}
