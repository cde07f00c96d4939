import type { ImageShape } from "./image_shape.ts";
import type { Geometry } from "../tensor/convolution.ts";
import { randomStream, uniform } from "../support/random.ts";
import { sizeOf, type StateDict } from "../weights/state_dict.ts";
import type {
  Scalar,
  Tensor,
  Tensor1D,
  Tensor2D,
  Tensor4D,
} from "../tensor/tensorflow.ts";
import type { Activate } from "./activation.ts";

/** An autoencoder, without its weights. */
export interface Autoencoder {
  /** Of its images. */
  shape: Readonly<ImageShape>;
  /** Its arrays, in the order of PyTorch's state dict. */
  arrays: readonly ParameterSpec[];
  /**
   * g(f(x)): images [N, H, W, C], values 0 to 1, to images of the same
   * shape; without an output activation, so values may leave [0, 1].
   */
  reconstruct: (x: Tensor4D, layers: Layers) => Tensor4D;
  /**
   * What training gives the model in place of its images, to be compared with
   * the clean ones: the same images with noise, say, that the seed decides.
   * Batch norm's running statistics are of these, too.
   */
  corrupt?: (x: Tensor4D, seed: number) => Tensor4D;
  /**
   * The loss of a batch of images and its reconstructions, default: r̄ of
   * equation 2.
   */
  loss?: (x: Tensor4D, reconstruction: Tensor4D, layers: Layers) => Scalar;
  /**
   * Whether training takes the gradient that PyTorch's CPU builds up to 1.8.1
   * computed (`transposedConv2dAsPublished`); default: the right one.
   */
  trainedAsPublished?: boolean;
  /**
   * Novelty scores of its own beside r̄, by name: images [N, H, W, C] to one
   * number an image, [N]; higher is novel.
   */
  scores?: Readonly<Record<string, (x: Tensor4D, layers: Layers) => Tensor1D>>;
}

/**
 * The layers that models are made of. Training and evaluation compute them
 * differently (batch statistics; running statistics folded into the weights),
 * so a model is written once, for both.
 */
export interface Layers {
  /** Convolution, then batch norm where `norm` names one. */
  conv(
    x: Tensor4D,
    weights: { conv: string; norm?: string },
    geometry: Geometry,
  ): Tensor4D;
  /** Transposed convolution, then batch norm. */
  transposedConv(
    x: Tensor4D,
    weights: { conv: string; norm: string },
    geometry: Geometry,
  ): Tensor4D;
  /** Dense layer, then batch norm where `norm` names one. */
  linear(x: Tensor2D, weights: { linear: string; norm?: string }): Tensor2D;
  /** LeakyReLU or sigmoid. */
  activate: Activate;
  /** An array of the model by its name: no layer's weight, but one by itself. */
  array<T extends Tensor>(name: string): T;
  /**
   * A statistic of the batch in training, where it moves its running mean as
   * batch norm's do; the running mean in evaluation.
   */
  statistic<T extends Tensor>(name: string, ofBatch: () => T): T;
  /** A draw from a Gaussian in training, its mean in evaluation. */
  sample(mean: Tensor2D, logVariance: Tensor2D): Tensor2D;
  /** Adds to the loss of training; evaluation does not ask for it. */
  addLoss(loss: () => Scalar): void;
}

/** One array of a model. */
export interface ParameterSpec {
  /** PyTorch's state-dict name. */
  name: string;
  /** Shape in PyTorch's axis order. */
  shape: number[];
  /** Trained by gradient, or gathered by batch norm while training. */
  kind: "parameter" | "buffer";
  /**
   * Uniform initialisation in ±1/√fanIn (PyTorch's default: Kaiming with
   * a = √5), or a constant.
   */
  initial: { fanIn: number } | { constant: number };
  /** PyTorch's array is reshaped to `view`, then its axes are put in `axes` order. */
  layout?: { view: number[]; axes: number[] };
  /** What computes with it, where it is a layer's weight. */
  operation?: Operation;
  /** The batch norm that follows, where it is a layer's weight and one does. */
  norm?: string;
  /** The block of layers that it belongs to, where blocks are told apart. */
  block?: Block;
}

/** What a layer does with its weight; "array": it is no layer's. */
export type Operation = "conv" | "transposedConv" | "linear" | "array";

/** Layers that are randomised together, and drawn as one. */
export interface Block {
  /** By the PyTorch name of its first module. */
  name: string;
  /** Where in the model it is; "code" is between encoder and decoder. */
  part: "encoder" | "code" | "decoder" | "output";
}

/**
 * The arrays of one block.
 *
 * @param name of the block
 * @param part of the model
 * @param arrays in the order of PyTorch's state dict
 */
export function blockOf(
  name: string,
  part: Block["part"],
  ...arrays: ParameterSpec[][]
): ParameterSpec[] {
  const block = { name, part };
  return arrays.flat().map((spec) => ({ ...spec, block }));
}

/**
 * The weights of a convolution, or of a transposed one.
 *
 * @param name the layer's
 * @param shape in PyTorch's order
 * @param options `operation`: default: "conv"; `norm`: the batch norm that
 * follows
 */
export function convSpec(
  name: string,
  shape: [number, number, number, number],
  { operation = "conv", norm }: {
    operation?: "conv" | "transposedConv";
    norm?: string;
  } = {},
): ParameterSpec {
  const [, second, height, width] = shape;
  return {
    name: `${name}.weight`,
    shape,
    kind: "parameter",
    // PyTorch takes the second axis as the inputs, in transposed ones as well.
    initial: { fanIn: second * height * width },
    layout: { view: shape, axes: [2, 3, 1, 0] },
    operation,
    norm,
  };
}

/**
 * The weights and biases of a dense layer.
 *
 * @param name the layer's
 * @param inputs numbers in
 * @param outputs numbers out
 * @param options `norm`: the batch norm that follows; `weight` and `bias`: their
 * layouts, where inputs or outputs are pixels of feature maps
 */
export function linearSpecs(
  name: string,
  inputs: number,
  outputs: number,
  { norm, weight, bias }: {
    norm?: string;
    weight?: ParameterSpec["layout"];
    bias?: ParameterSpec["layout"];
  } = {},
): ParameterSpec[] {
  const initial = { fanIn: inputs };
  return [
    {
      name: `${name}.weight`,
      shape: [outputs, inputs],
      kind: "parameter",
      initial,
      layout: weight,
      operation: "linear",
      norm,
    },
    {
      name: `${name}.bias`,
      shape: [outputs],
      kind: "parameter",
      initial,
      layout: bias,
    },
  ];
}

/**
 * An array of a model that is no layer's weight; see `Layers.array`.
 *
 * @param name in the state dict
 * @param shape in any order of axes, which stays as it is
 * @param options `initial`: its value before training; `kind`: default:
 * "parameter"; "buffer" for what `Layers.statistic` keeps
 */
export function arraySpec(
  name: string,
  shape: number[],
  { initial, kind = "parameter" }: {
    initial: ParameterSpec["initial"];
    kind?: ParameterSpec["kind"];
  },
): ParameterSpec {
  return { name, shape, kind, initial, operation: "array" };
}

/**
 * The four arrays of a batch norm.
 *
 * @param name the layer's
 * @param channels numbers in each array
 * @param layout where channels are pixels of feature maps
 */
export function normSpecs(
  name: string,
  channels: number,
  layout?: ParameterSpec["layout"],
): ParameterSpec[] {
  const spec = (
    part: string,
    kind: ParameterSpec["kind"],
    constant: number,
  ): ParameterSpec => ({
    name: `${name}.${part}`,
    shape: [channels],
    kind,
    initial: { constant },
    layout,
  });
  return [
    spec("weight", "parameter", 1),
    spec("bias", "parameter", 0),
    spec("running_mean", "buffer", 0),
    spec("running_var", "buffer", 1),
  ];
}

/**
 * Weights as PyTorch initialises them, from a seed.
 *
 * @param arrays of a model
 * @param seed an integer from 0 to 2³²−1
 * @returns a state dict with every array
 */
export function initialise(
  arrays: readonly ParameterSpec[],
  seed: number,
): StateDict {
  const random = randomStream(seed, "weights");
  return new Map(arrays.map(({ name, shape, initial }) => {
    const data = new Float32Array(sizeOf(shape));
    if ("constant" in initial) {
      data.fill(initial.constant);
    } else {
      const bound = 1 / Math.sqrt(initial.fanIn);
      for (let i = 0; i < data.length; i++) {
        data[i] = uniform(random, -bound, bound);
      }
    }
    return [name, { shape, data }];
  }));
}

/**
 * The spec of a name.
 *
 * @param arrays of a model
 * @param name as in the state dict
 * @throws {RangeError} when the model has none of that name
 */
export function specOf(
  arrays: readonly ParameterSpec[],
  name: string,
): ParameterSpec {
  const spec = arrays.find((known) => known.name === name);
  if (!spec) throw new RangeError(`the model has no weights named "${name}"`);
  return spec;
}
