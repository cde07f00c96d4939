import {
  type Autoencoder,
  blockOf,
  convSpec,
  initialise,
  type Layers,
  linearSpecs,
  normSpecs,
  type ParameterSpec,
} from "../parameters.ts";
import type { Geometry } from "../../tensor/convolution.ts";
import { leakyRelu } from "../../tensor/leaky_relu.ts";
import { sum } from "../../tensor/add.ts";
import type { StateDict } from "../../weights/state_dict.ts";
import {
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tf,
} from "../../tensor/tensorflow.ts";

/** Height and width of the feature maps between convolutions and dense layers. */
const GRID = 7;
const CHANNELS = 64;
const CODE = 64;
const FEATURES = CHANNELS * GRID * GRID;

// PyTorch flattens feature maps channel first, TensorFlow channel last.
const featureLayout = (trailing: number[]) => ({
  view: [CHANNELS, GRID, GRID, ...trailing],
  axes: [1, 2, 0, ...trailing.map((_, i) => 3 + i)],
});

/** A residual block's arrays; `axes` are the first two of its resampling weights. */
function residualSpecs(
  name: string,
  operation: "conv" | "transposedConv",
  axes: [number, number],
  { outputs, size }: { outputs: number; size: number },
): ParameterSpec[] {
  const norm = (part: string) => `${name}.${part}`;
  return [
    convSpec(`${name}.conv1a`, [...axes, size, size], {
      operation,
      norm: norm("bn1a"),
    }),
    convSpec(`${name}.conv1b`, [outputs, outputs, 3, 3], {
      norm: norm("bn1b"),
    }),
    convSpec(`${name}.conv2a`, [...axes, 1, 1], {
      operation,
      norm: norm("bn2a"),
    }),
    ...["bn1a", "bn1b", "bn2a"].flatMap((part) =>
      normSpecs(norm(part), outputs)
    ),
  ];
}

const down = (name: string, inputs: number, outputs: number) =>
  blockOf(
    name,
    "encoder",
    residualSpecs(name, "conv", [outputs, inputs], { outputs, size: 3 }),
  );

// Transposed convolutions have their inputs first.
const up = (name: string, inputs: number, outputs: number) =>
  blockOf(
    name,
    "decoder",
    residualSpecs(name, "transposedConv", [inputs, outputs], {
      outputs,
      size: 5,
    }),
  );

/**
 * The arrays of the convolutional model around those of its code.
 *
 * @param code the arrays between 64 features and 64 numbers of code
 */
export function arraysAround(code: ParameterSpec[]): ParameterSpec[] {
  return [
    ...down("encoder.conv.0", 1, 32),
    ...down("encoder.conv.1", 32, CHANNELS),
    ...blockOf(
      "encoder.fc.0",
      "encoder",
      linearSpecs("encoder.fc.0", FEATURES, 64, {
        weight: { view: [64, CHANNELS, GRID, GRID], axes: [0, 2, 3, 1] },
        norm: "encoder.fc.1",
      }),
      normSpecs("encoder.fc.1", 64),
    ),
    ...code,
    ...blockOf(
      "decoder.fc.0",
      "decoder",
      linearSpecs("decoder.fc.0", CODE, 64, { norm: "decoder.fc.1" }),
      normSpecs("decoder.fc.1", 64),
    ),
    ...blockOf(
      "decoder.fc.3",
      "decoder",
      linearSpecs("decoder.fc.3", 64, FEATURES, {
        weight: featureLayout([64]),
        bias: featureLayout([]),
        norm: "decoder.fc.4",
      }),
      normSpecs("decoder.fc.4", FEATURES, featureLayout([])),
    ),
    ...up("decoder.conv.0", CHANNELS, 32),
    ...up("decoder.conv.1", 32, 16),
    ...blockOf("decoder.conv.2", "output", [
      convSpec("decoder.conv.2", [1, 16, 1, 1]),
    ]),
  ];
}

/** Every array of the paper's model, in the order of PyTorch's state dict. */
export const ARRAYS: readonly ParameterSpec[] = arraysAround(
  blockOf("encoder.fc.3", "code", linearSpecs("encoder.fc.3", 64, CODE)),
);

/**
 * Weights of the paper's model as PyTorch initialises them, from a seed.
 *
 * @param seed an integer from 0 to 2³²−1
 * @returns a state dict with every array of the model
 */
export function initialWeights(seed: number): StateDict {
  return initialise(ARRAYS, seed);
}

/** Branch A is two convolutions, branch B the shortcut past them. */
function block(
  layers: Layers,
  x: Tensor4D,
  name: string,
  resample: "conv" | "transposedConv",
  padding: [number, number],
): Tensor4D {
  const weights = (conv: string, norm: string) => ({
    conv: `${name}.${conv}`,
    norm: `${name}.${norm}`,
  });
  const shape = { stride: 2, padding };
  const skip = { stride: 2, padding: [0, 0] } as Geometry;
  // What the gradient does not need is freed at once.
  const branchA = () => {
    const hidden = tf.tidy(() =>
      leakyRelu(layers[resample](x, weights("conv1a", "bn1a"), shape))
    );
    return layers.conv(hidden, weights("conv1b", "bn1b"), {
      stride: 1,
      padding: [1, 1],
    });
  };
  const branchB = () => layers[resample](x, weights("conv2a", "bn2a"), skip);
  return tf.tidy(() =>
    leakyRelu(tf.tidy(() => sum(tf.tidy(branchA), branchB())))
  );
}

/**
 * The autoencoder g(f(x)) of the paper (Section 3.2): the convolutional MNIST
 * architecture of Abati et al. (2019) without its latent-space model.
 *
 * @param x images [N, 28, 28, 1], values 0 to 1
 * @param layers how each layer is computed
 * @returns reconstructions [N, 28, 28, 1]; without an output activation, so
 * values may leave [0, 1]
 */
export function autoencoder(x: Tensor4D, layers: Layers): Tensor4D {
  return decode(encode(x, layers), layers);
}

/** The paper's model, for whatever takes any autoencoder. */
export const CONVOLUTIONAL: Autoencoder = {
  arrays: ARRAYS,
  reconstruct: autoencoder,
};

/**
 * The encoder f.
 *
 * @param x images [N, 28, 28, 1]
 * @param layers how each layer is computed
 * @returns codes [N, 64], values 0 to 1
 */
export function encode(x: Tensor4D, layers: Layers): Tensor2D {
  const hidden = encodeHidden(x, layers);
  return tf.sigmoid(layers.linear(hidden, { linear: "encoder.fc.3" }));
}

/**
 * The encoder up to the layer before the code.
 *
 * @param x images [N, 28, 28, 1]
 * @param layers how each layer is computed
 * @returns features [N, 64]
 */
export function encodeHidden(x: Tensor4D, layers: Layers): Tensor2D {
  const half = block(layers, x, "encoder.conv.0", "conv", [1, 0]);
  const quarter = block(layers, half, "encoder.conv.1", "conv", [1, 0]);
  const features = tf.reshape(quarter, [-1, FEATURES]) as Tensor2D;
  return leakyRelu(
    layers.linear(features, { linear: "encoder.fc.0", norm: "encoder.fc.1" }),
  );
}

/**
 * The decoder g.
 *
 * @param code codes [N, 64]
 * @param layers how each layer is computed
 * @returns images [N, 28, 28, 1]
 */
export function decode(code: Tensor2D, layers: Layers): Tensor4D {
  const hidden = leakyRelu(
    layers.linear(code, { linear: "decoder.fc.0", norm: "decoder.fc.1" }),
  );
  const features = leakyRelu(
    layers.linear(hidden, { linear: "decoder.fc.3", norm: "decoder.fc.4" }),
  );
  const quarter: Tensor = tf.reshape(features, [-1, GRID, GRID, CHANNELS]);
  const half = block(
    layers,
    quarter as Tensor4D,
    "decoder.conv.0",
    "transposedConv",
    [2, 1],
  );
  const whole = block(layers, half, "decoder.conv.1", "transposedConv", [2, 1]);
  return layers.conv(whole, { conv: "decoder.conv.2" }, {
    stride: 1,
    padding: [0, 0],
  });
}
