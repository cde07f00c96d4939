import {
  type Autoencoder,
  blockOf,
  type Layers,
  linearSpecs,
  normSpecs,
  type ParameterSpec,
} from "../parameters.ts";
import {
  type ImageShape,
  imageSize,
  MNIST_SHAPE,
  shapeText,
} from "../image_shape.ts";
import { type Tensor2D, type Tensor4D, tf } from "../../tensor/tensorflow.ts";

const HIDDEN = 256;
const CODE = 64;

/**
 * A fully connected autoencoder with a code of the paper's size: it knows
 * nothing of which pixels are neighbours. One hidden layer of 256 on either
 * side, with batch norm and LeakyReLU as in the paper's dense layers.
 *
 * @param shape of the images, default: MNIST's
 * @throws {RangeError} when height, width or channels are no positive integer
 */
export function dense(shape: ImageShape = MNIST_SHAPE): Autoencoder {
  const { height, width, channels } = shape;
  if (![height, width, channels].every((n) => n > 0 && Number.isInteger(n))) {
    throw new RangeError(
      `a dense model cannot take images of ${shapeText(shape)}; give a ` +
        "height, a width and channels that are positive integers",
    );
  }
  return { shape, arrays: arraysFor(imageSize(shape)), reconstruct };
}

function arraysFor(pixels: number): ParameterSpec[] {
  return [
    ...blockOf(
      "encoder.fc.0",
      "encoder",
      linearSpecs("encoder.fc.0", pixels, HIDDEN, { norm: "encoder.fc.1" }),
      normSpecs("encoder.fc.1", HIDDEN),
    ),
    ...blockOf(
      "encoder.fc.3",
      "code",
      linearSpecs("encoder.fc.3", HIDDEN, CODE),
    ),
    ...blockOf(
      "decoder.fc.0",
      "decoder",
      linearSpecs("decoder.fc.0", CODE, HIDDEN, { norm: "decoder.fc.1" }),
      normSpecs("decoder.fc.1", HIDDEN),
    ),
    ...blockOf(
      "decoder.fc.3",
      "output",
      linearSpecs("decoder.fc.3", HIDDEN, pixels),
    ),
  ];
}

function reconstruct(x: Tensor4D, layers: Layers): Tensor4D {
  const pixels = tf.reshape(x, [x.shape[0], -1]) as Tensor2D;
  const hidden = layers.activate(
    layers.linear(pixels, { linear: "encoder.fc.0", norm: "encoder.fc.1" }),
    { kind: "leakyRelu", after: "encoder.fc.0" },
  );
  const code = layers.activate(
    layers.linear(hidden, { linear: "encoder.fc.3" }),
    { kind: "sigmoid", after: "encoder.fc.3" },
  );
  const back = layers.activate(
    layers.linear(code, { linear: "decoder.fc.0", norm: "decoder.fc.1" }),
    { kind: "leakyRelu", after: "decoder.fc.0" },
  );
  const image = layers.linear(back, { linear: "decoder.fc.3" });
  return tf.reshape(image, x.shape);
}
