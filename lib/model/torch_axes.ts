import { type Tensor, tf, tidyNumbers } from "../tensor/tensorflow.ts";
import type { ParameterSpec } from "./parameters.ts";

/**
 * A spec's shape in TensorFlow's axis order.
 *
 * @param spec a spec of the model
 */
export function tensorShape({ shape, layout }: ParameterSpec): number[] {
  // Dense layers see the feature maps as one axis in either order.
  if (!layout || shape.length < 4) return shape;
  return layout.axes.map((axis) => layout.view[axis]);
}

/**
 * Weights from PyTorch's axis order to TensorFlow's.
 *
 * @param spec which spec of the model they are
 * @param data in PyTorch's order
 */
export function fromTorch(spec: ParameterSpec, data: Float32Array): Tensor {
  return tf.tidy(() => {
    const tensor = tf.tensor(data, spec.layout?.view ?? spec.shape);
    if (!spec.layout) return tensor;
    return tf.transpose(tensor, spec.layout.axes)
      .reshape(tensorShape(spec));
  });
}

/**
 * Weights from TensorFlow's axis order back to PyTorch's.
 *
 * @param spec which spec of the model they are
 * @param tensor as {@linkcode fromTorch} returns it
 */
export function toTorch(spec: ParameterSpec, tensor: Tensor): Float32Array {
  const { layout } = spec;
  return tidyNumbers(() => {
    if (!layout) return tensor.dataSync() as Float32Array;
    const back = layout.axes.map((_, axis) => layout.axes.indexOf(axis));
    const permuted = tf.reshape(
      tensor,
      layout.axes.map((axis) => layout.view[axis]),
    );
    return tf.transpose(permuted, back).dataSync() as Float32Array;
  });
}
