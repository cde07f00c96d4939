import { type Tensor2D, tf } from "./tensorflow.ts";

/**
 * Which weights of a dense layer may be other than 0 if its outputs are to be
 * causal: those at a position depend on inputs at earlier positions, and on
 * those at their own unless `strict`. Inputs and outputs are ordered by
 * position, then channel.
 *
 * Source: van den Oord et al., 2016, "Pixel Recurrent Neural Networks", Section
 * 3.4 (mask A is the strict one, mask B the other), for dense layers as in
 * Abati et al., 2019, "Latent Space Autoregression for Novelty Detection".
 *
 * @param positions number of positions
 * @param options `inputs` and `outputs`: channels at each position; `strict`:
 * whether a position is hidden from itself, default: false
 * @returns 1 for the allowed weights and 0 elsewhere, in PyTorch's order
 * [positions·outputs, positions·inputs]
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const mask = causalMask(2, { inputs: 1, outputs: 2, strict: true });
 * assertEquals(mask.arraySync(), [[0, 0], [0, 0], [1, 0], [1, 0]]);
 * ```
 */
export function causalMask(
  positions: number,
  { inputs, outputs, strict = false }: {
    inputs: number;
    outputs: number;
    strict?: boolean;
  },
): Tensor2D {
  return tf.tidy(() => {
    const positionOf = (channels: number) =>
      tf.floorDiv(
        tf.range(0, positions * channels, 1, "int32"),
        tf.scalar(channels, "int32"),
      );
    const from = tf.expandDims(positionOf(inputs), 0);
    const to = tf.expandDims(positionOf(outputs), 1);
    const allowed = strict ? tf.less(from, to) : tf.lessEqual(from, to);
    return tf.cast(allowed, "float32") as Tensor2D;
  });
}
