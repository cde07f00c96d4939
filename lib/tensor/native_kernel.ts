import { type Tensor, tf } from "./tensorflow.ts";

/** The value of a kernel's attribute; the key of {@linkcode Attributes} names it. */
export type Attribute =
  | { type: number }
  | { int: number | number[] }
  | { float: number }
  | { bool: boolean }
  | { string: string };

/** Attributes of a TensorFlow kernel, by name. */
export type Attributes = Record<string, Attribute>;

interface NativeBackend {
  binding: Record<string, number>;
  executeMultipleOutputs(
    name: string,
    attributes: { name: string; type: number; value: unknown }[],
    inputs: Tensor[],
    outputs: number,
  ): Tensor[];
}

const backend = tf.backend() as unknown as NativeBackend;
const { binding } = backend;

/** The attribute that says a kernel works on 32-bit floats. */
export const FLOAT: Attribute = { type: binding.TF_FLOAT };

/** The attribute that says a kernel's indices are 32-bit integers. */
export const INT32: Attribute = { type: binding.TF_INT32 };

function encode(name: string, attribute: Attribute) {
  const [kind, value] = Object.entries(attribute)[0];
  return { name, type: binding[`TF_ATTR_${kind.toUpperCase()}`], value };
}

/**
 * Runs one kernel of the native TensorFlow library, for kernels that
 * TensorFlow.js does not offer itself. Nothing is recorded for gradients: wrap
 * the call in {@linkcode differentiable}.
 *
 * @param name the kernel's name in TensorFlow's registry
 * @param inputs its inputs in order
 * @param attributes its attributes by name
 * @param outputs how many tensors it returns
 * @returns the kernel's outputs in order
 */
export function runKernel(
  name: string,
  inputs: Tensor[],
  attributes: Attributes,
  outputs = 1,
): Tensor[] {
  const encoded = Object.entries(attributes)
    .map(([key, attribute]) => encode(key, attribute));
  return backend.executeMultipleOutputs(name, encoded, inputs, outputs);
}
