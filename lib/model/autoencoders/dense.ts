import {
  type Autoencoder,
  blockOf,
  type Layers,
  linearSpecs,
  normSpecs,
} from "../parameters.ts";
import { leakyRelu } from "../../tensor/leaky_relu.ts";
import { type Tensor2D, type Tensor4D, tf } from "../../tensor/tensorflow.ts";

const SIDE = 28;
const PIXELS = SIDE * SIDE;
const HIDDEN = 256;
const CODE = 64;

/**
 * A fully connected autoencoder with a code of the paper's size: it knows
 * nothing of which pixels are neighbours. One hidden layer of 256 on either
 * side, with batch norm and LeakyReLU as in the paper's dense layers.
 */
export const DENSE: Autoencoder = {
  arrays: [
    ...blockOf(
      "encoder.fc.0",
      "encoder",
      linearSpecs("encoder.fc.0", PIXELS, HIDDEN, { norm: "encoder.fc.1" }),
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
      linearSpecs("decoder.fc.3", HIDDEN, PIXELS),
    ),
  ],
  reconstruct,
};

function reconstruct(x: Tensor4D, layers: Layers): Tensor4D {
  const pixels = tf.reshape(x, [-1, PIXELS]) as Tensor2D;
  const hidden = leakyRelu(
    layers.linear(pixels, { linear: "encoder.fc.0", norm: "encoder.fc.1" }),
  );
  const code = tf.sigmoid(layers.linear(hidden, { linear: "encoder.fc.3" }));
  const back = leakyRelu(
    layers.linear(code, { linear: "decoder.fc.0", norm: "decoder.fc.1" }),
  );
  const image = layers.linear(back, { linear: "decoder.fc.3" });
  return tf.reshape(image, [-1, SIDE, SIDE, 1]);
}
