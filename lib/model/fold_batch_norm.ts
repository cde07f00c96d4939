import { EPSILON } from "../tensor/batch_norm.ts";
import type { StateDict, Weights } from "../weights/state_dict.ts";

/** Batch norm in evaluation mode: y = scale·x + shift, per channel. */
export interface Affine {
  scale: Float64Array;
  shift: Float64Array;
}

/**
 * A batch norm with its running statistics as a scale and a shift.
 * In 64 bits: rounding here would move all of a channel's values one way, and
 * now and then one of them over LeakyReLU's kink.
 *
 * @param weights holds the norm's four arrays
 * @param norm the norm's name
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const one = (value: number) => ({ shape: [1], data: Float32Array.of(value) });
 * const { scale, shift } = batchNormAffine(
 *   new Map([
 *     ["bn.weight", one(6)],
 *     ["bn.bias", one(1)],
 *     ["bn.running_mean", one(2)],
 *     ["bn.running_var", one(9)],
 *   ]),
 *   "bn",
 * );
 * assertAlmostEquals(scale[0], 2, 1e-5);
 * assertAlmostEquals(shift[0], -3, 1e-5);
 * ```
 */
export function batchNormAffine(weights: StateDict, norm: string): Affine {
  const part = (name: string) => weights.get(`${norm}.${name}`)!.data;
  const [gamma, beta] = [part("weight"), part("bias")];
  const [mean, variance] = [part("running_mean"), part("running_var")];
  const scale = Float64Array.from(
    gamma,
    (value, i) => value / Math.sqrt(variance[i] + EPSILON),
  );
  const shift = Float64Array.from(
    beta,
    (value, i) => value - mean[i] * scale[i],
  );
  return { scale, shift };
}

/**
 * Multiplies each output channel of a layer's weights by its scale.
 *
 * @param weights in PyTorch's axis order
 * @param scale one factor an output channel
 * @param axis the axis of the output channels: 0, or 1 in transposed
 * convolutions
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const weights = { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) };
 * assertEquals([...scaleOutputs(weights, [10, 100], 0)], [10, 20, 300, 400]);
 * assertEquals([...scaleOutputs(weights, [10, 100], 1)], [10, 200, 30, 400]);
 * ```
 */
export function scaleOutputs(
  { shape, data }: Weights,
  scale: ArrayLike<number>,
  axis: 0 | 1,
): Float32Array {
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const outputs = shape[axis];
  return data.map((value, i) => value * scale[Math.floor(i / inner) % outputs]);
}
