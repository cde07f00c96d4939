import { type ImageShape, MNIST_SHAPE } from "../image_shape.ts";
import type { StateDict } from "../../weights/state_dict.ts";
import { CHANNELS, DOWN, takesShape } from "./convolutional.ts";

/**
 * The shape of the images that weights were trained on, from the shapes of the
 * encoder's first convolution and first dense layer. These do not tell height
 * from width, so the images are taken to be square; those of a model without
 * convolutions are taken to be grey as well.
 *
 * @param weights of any model
 * @returns the shape; MNIST's where the weights are not those of square images
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { initialise } from "../parameters.ts";
 * import { convolutional } from "./convolutional.ts";
 *
 * const shape = { height: 32, width: 32, channels: 3 };
 * const weights = initialise(convolutional(shape).arrays, 0);
 * assertEquals(shapeOfWeights(weights), shape);
 * ```
 */
export function shapeOfWeights(weights: StateDict): ImageShape {
  const inputs = weights.get("encoder.fc.0.weight")?.shape[1] ?? 0;
  const filters = weights.get("encoder.conv.0.conv1a.weight")?.shape;
  const shape = filters
    ? square(DOWN * Math.sqrt(inputs / CHANNELS), filters[1])
    : square(Math.sqrt(inputs), 1);
  const known = filters
    ? takesShape(shape)
    : shape.height > 0 && Number.isInteger(shape.height);
  return known ? shape : MNIST_SHAPE;
}

function square(side: number, channels: number): ImageShape {
  return { height: side, width: side, channels };
}
