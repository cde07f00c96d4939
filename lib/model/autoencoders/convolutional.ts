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
import { type ImageShape, MNIST_SHAPE, shapeText } from "../image_shape.ts";
import type { Geometry } from "../../tensor/convolution.ts";
import { sum } from "../../tensor/add.ts";
import type { StateDict } from "../../weights/state_dict.ts";
import {
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tf,
} from "../../tensor/tensorflow.ts";

/** Channels of the feature maps between convolutions and dense layers. */
export const CHANNELS = 64;
/** How many times higher and wider than those maps the images are. */
export const DOWN = 4;
const CODE = 64;

/** Height and width of feature maps. */
type Grid = [height: number, width: number];

// PyTorch flattens feature maps channel first, TensorFlow channel last.
const featureLayout = (grid: Grid, trailing: number[]) => ({
  view: [CHANNELS, ...grid, ...trailing],
  axes: [1, 2, 0, ...trailing.map((_, i) => 3 + i)],
});

/**
 * Whether the convolutional models take images of a shape: height and width
 * are multiples of 4, and there are 1 or 3 channels.
 *
 * @param shape of the images
 */
export function takesShape({ height, width, channels }: ImageShape): boolean {
  const fits = (side: number) => side > 0 && side % DOWN === 0;
  return fits(height) && fits(width) && [1, 3].includes(channels);
}

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
 * @param shape of the images, default: MNIST's
 * @throws {RangeError} when height or width is no multiple of 4, or channels
 * are not 1 or 3
 */
export function arraysAround(
  code: ParameterSpec[],
  shape: ImageShape = MNIST_SHAPE,
): ParameterSpec[] {
  if (!takesShape(shape)) {
    throw new RangeError(
      `a convolutional model cannot take images of ${shapeText(shape)}; give ` +
        "a height and a width that are multiples of 4, and 1 or 3 channels",
    );
  }
  const { channels } = shape;
  const grid: Grid = [shape.height / DOWN, shape.width / DOWN];
  const features = CHANNELS * grid[0] * grid[1];
  return [
    ...down("encoder.conv.0", channels, 32),
    ...down("encoder.conv.1", 32, CHANNELS),
    ...blockOf(
      "encoder.fc.0",
      "encoder",
      linearSpecs("encoder.fc.0", features, 64, {
        weight: { view: [64, CHANNELS, ...grid], axes: [0, 2, 3, 1] },
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
      linearSpecs("decoder.fc.3", 64, features, {
        weight: featureLayout(grid, [64]),
        bias: featureLayout(grid, []),
        norm: "decoder.fc.4",
      }),
      normSpecs("decoder.fc.4", features, featureLayout(grid, [])),
    ),
    ...up("decoder.conv.0", CHANNELS, 32),
    ...up("decoder.conv.1", 32, 16),
    ...blockOf("decoder.conv.2", "output", [
      convSpec("decoder.conv.2", [channels, 16, 1, 1]),
    ]),
  ];
}

/**
 * The paper's model for images of a shape.
 *
 * @param shape of the images, default: MNIST's
 * @throws {RangeError} when height or width is no multiple of 4, or channels
 * are not 1 or 3
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { specOf } from "../parameters.ts";
 *
 * const { arrays } = convolutional({ height: 32, width: 20, channels: 3 });
 * assertEquals(specOf(arrays, "encoder.fc.0.weight").shape, [64, 64 * 8 * 5]);
 * ```
 */
export function convolutional(shape: ImageShape = MNIST_SHAPE): Autoencoder {
  const code = linearSpecs("encoder.fc.3", 64, CODE);
  return {
    shape,
    arrays: arraysAround(blockOf("encoder.fc.3", "code", code), shape),
    reconstruct: autoencoder,
  };
}

/** The paper's model, for MNIST's images. */
export const CONVOLUTIONAL: Autoencoder = convolutional();

/** Every array of the paper's model, in the order of PyTorch's state dict. */
export const ARRAYS: readonly ParameterSpec[] = CONVOLUTIONAL.arrays;

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
      layers.activate(layers[resample](x, weights("conv1a", "bn1a"), shape), {
        kind: "leakyRelu",
        after: `${name}.conv1a`,
      })
    );
    return layers.conv(hidden, weights("conv1b", "bn1b"), {
      stride: 1,
      padding: [1, 1],
    });
  };
  const branchB = () => layers[resample](x, weights("conv2a", "bn2a"), skip);
  return tf.tidy(() =>
    layers.activate(tf.tidy(() => sum(tf.tidy(branchA), branchB())), {
      kind: "leakyRelu",
      after: name,
    })
  );
}

/**
 * The autoencoder g(f(x)) of the paper (Section 3.2): the convolutional MNIST
 * architecture of Abati et al. (2019) without its latent-space model.
 *
 * @param x images [N, H, W, C], values 0 to 1
 * @param layers how each layer is computed
 * @returns reconstructions [N, H, W, C]; without an output activation, so
 * values may leave [0, 1]
 */
export function autoencoder(x: Tensor4D, layers: Layers): Tensor4D {
  return decode(encode(x, layers), layers, gridOf(x));
}

/**
 * The encoder f.
 *
 * @param x images [N, H, W, C]
 * @param layers how each layer is computed
 * @returns codes [N, 64], values 0 to 1
 */
export function encode(x: Tensor4D, layers: Layers): Tensor2D {
  const hidden = encodeHidden(x, layers);
  return layers.activate(layers.linear(hidden, { linear: "encoder.fc.3" }), {
    kind: "sigmoid",
    after: "encoder.fc.3",
  });
}

/**
 * The encoder up to the layer before the code.
 *
 * @param x images [N, H, W, C]
 * @param layers how each layer is computed
 * @returns features [N, 64]
 */
export function encodeHidden(x: Tensor4D, layers: Layers): Tensor2D {
  const half = block(layers, x, "encoder.conv.0", "conv", [1, 0]);
  const quarter = block(layers, half, "encoder.conv.1", "conv", [1, 0]);
  const features = tf.reshape(quarter, [x.shape[0], -1]) as Tensor2D;
  return layers.activate(
    layers.linear(features, { linear: "encoder.fc.0", norm: "encoder.fc.1" }),
    { kind: "leakyRelu", after: "encoder.fc.0" },
  );
}

/**
 * Height and width of the feature maps between convolutions and dense layers.
 *
 * @param x images [N, H, W, C]
 */
export function gridOf({ shape: [, height, width] }: Tensor4D): Grid {
  return [height / DOWN, width / DOWN];
}

/**
 * The decoder g.
 *
 * @param code codes [N, 64]
 * @param layers how each layer is computed
 * @param grid height and width of the feature maps, see {@linkcode gridOf}
 * @returns images [N, H, W, C]
 */
export function decode(
  code: Tensor2D,
  layers: Layers,
  grid: Grid,
): Tensor4D {
  const hidden = layers.activate(
    layers.linear(code, { linear: "decoder.fc.0", norm: "decoder.fc.1" }),
    { kind: "leakyRelu", after: "decoder.fc.0" },
  );
  const features = layers.activate(
    layers.linear(hidden, { linear: "decoder.fc.3", norm: "decoder.fc.4" }),
    { kind: "leakyRelu", after: "decoder.fc.3" },
  );
  const quarter: Tensor = tf.reshape(features, [-1, ...grid, CHANNELS]);
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
