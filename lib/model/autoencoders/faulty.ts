import type { Autoencoder } from "../parameters.ts";
import type { ImageShape } from "../image_shape.ts";
import { convolutional } from "./convolutional.ts";

/**
 * The paper's model, trained with the gradient that PyTorch's CPU builds up to
 * 1.8.1 (March 2021) computed (pytorch/pytorch issue #63314): by the input and
 * by the weights of the decoder's two shortcuts it is wrong. For the question
 * whether the authors' model was trained so (docs/published_numbers.md). Its
 * maps have the gradient that is asked for, as those of every model.
 *
 * @param shape of the images, default: MNIST's
 * @throws {RangeError} when height or width is no multiple of 4, or channels
 * are not 1 or 3
 */
export function faulty(shape?: ImageShape): Autoencoder {
  return { ...convolutional(shape), trainedAsPublished: true };
}
