import { type Tensor, tf } from "../tensor/tensorflow.ts";
import type { Entry } from "./parameters.ts";

/**
 * An entry's shape in TensorFlow's axis order.
 *
 * @param entry an entry of the model
 */
export function tensorShape({ shape, layout }: Entry): number[] {
  // Dense layers see the 7×7×64 features as one axis in either order.
  if (!layout || shape.length < 4) return shape;
  return layout.axes.map((axis) => layout.view[axis]);
}

/**
 * Weights from PyTorch's axis order to TensorFlow's.
 *
 * @param entry which entry of the model they are
 * @param data in PyTorch's order
 */
export function toTensor(entry: Entry, data: Float32Array): Tensor {
  return tf.tidy(() => {
    const tensor = tf.tensor(data, entry.layout?.view ?? entry.shape);
    if (!entry.layout) return tensor;
    return tf.transpose(tensor, entry.layout.axes)
      .reshape(tensorShape(entry));
  });
}

/**
 * Weights from TensorFlow's axis order back to PyTorch's.
 *
 * @param entry which entry of the model they are
 * @param tensor as {@linkcode toTensor} returns it
 */
export function fromTensor(entry: Entry, tensor: Tensor): Float32Array {
  const { layout } = entry;
  return tf.tidy(() => {
    if (!layout) return tensor.dataSync() as Float32Array;
    const back = layout.axes.map((_, axis) => layout.axes.indexOf(axis));
    const permuted = tf.reshape(
      tensor,
      layout.axes.map((axis) => layout.view[axis]),
    );
    return tf.transpose(permuted, back).dataSync() as Float32Array;
  });
}
