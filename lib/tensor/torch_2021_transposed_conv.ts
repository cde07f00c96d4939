import { type Tensor4D, tf } from "./tensorflow.ts";
import { transposedConv2d } from "./convolution.ts";
import { differentiable } from "./custom_gradient.ts";

/**
 * The 1×1 stride-2 transposed convolution with the backward pass of PyTorch up
 * to 1.8.1 on CPUs (pytorch/pytorch issue #63314). The value is right; the
 * gradient by the image is **wrong on purpose**. The paper's printed figures
 * come out with it and only with it.
 *
 * That backward pass left out `im2col`, so it read the output's gradient `gy`
 * ([O, 2H, 2W], flattened) as though it had H×W pixels a channel:
 *
 *     dx[i, p] = Σ_o w[i, o] · flat(gy)[o·H·W + p]
 *
 * where right is `Σ_o w[i, o] · gy[o, 2·py, 2·px]`. For evaluation only: the
 * filter gets no gradient.
 *
 * @param x images [N, H, W, I]
 * @param filter weights [1, 1, O, I]
 * @returns [N, 2H, 2W, O]
 */
export function transposedConv2dAsPublished(
  x: Tensor4D,
  filter: Tensor4D,
): Tensor4D {
  const [n, height, width, inputs] = x.shape;
  const outputs = filter.shape[2];
  const pixels = height * width;
  return differentiable({
    inputs: { x },
    forward: () => transposedConv2d(x, filter, { stride: 2, padding: [0, 0] }),
    backward: (dy) => ({
      x: () => {
        const flat = tf.reshape(tf.transpose(dy, [0, 3, 1, 2]), [n, -1]);
        const misread = tf.slice(flat, [0, 0], [n, outputs * pixels])
          .reshape([n, outputs, pixels]);
        return tf.matMul(
          tf.transpose(misread, [0, 2, 1]).reshape([-1, outputs]),
          tf.reshape(filter, [outputs, inputs]),
        ).reshape([n, height, width, inputs]);
      },
    }),
  });
}
