import { type Tensor, type Tensor4D, tf } from "./tensorflow.ts";
import {
  type ConvolutionOptions,
  type Geometry,
  transposedConv2d,
} from "./convolution.ts";
import { differentiable } from "./custom_gradient.ts";

/**
 * The 1×1 stride-2 transposed convolution with the backward pass of PyTorch up
 * to 1.8.1 on CPUs (pytorch/pytorch issue #63314). The value is right; the
 * gradients by image and filter are **wrong on purpose**. The paper's printed figures
 * come out with it and only with it.
 *
 * That backward pass left out `im2col`, so it read the output's gradient `gy`
 * ([O, 2H, 2W], flattened) as though it had H×W pixels a channel:
 *
 *     dx[i, p] = Σ_o w[i, o] · flat(gy)[o·H·W + p]
 *
 * where right is `Σ_o w[i, o] · gy[o, 2·py, 2·px]`, and the gradient by the
 * filter in the same way:
 *
 *     dw[i, o] = Σ_p x[i, p] · flat(gy)[o·H·W + p]
 *
 * @param x images [N, H, W, I]
 * @param filter weights [1, 1, O, I]
 * @param options `frozen`: differentiable by x alone
 * @returns [N, 2H, 2W, O]
 */
export function transposedConv2dAsPublished(
  x: Tensor4D,
  filter: Tensor4D,
  { frozen = false }: ConvolutionOptions = {},
): Tensor4D {
  const { shape } = x;
  const forward = () => transposedConv2d(x, filter, GEOMETRY, { frozen });
  if (frozen) {
    return differentiable({
      inputs: { x },
      forward,
      backward: (dy) => ({ x: () => inputGradient(shape, filter, dy) }),
    });
  }
  return differentiable({
    inputs: { x, filter },
    forward: (save) => {
      save(x);
      save(filter);
      return forward();
    },
    backward: (dy, [x, filter]: Tensor4D[]) => ({
      x: () => inputGradient(shape, filter, dy),
      filter: () => filterGradient(x, filter, dy),
    }),
  });
}

const GEOMETRY: Geometry = { stride: 2, padding: [0, 0] };

/** The output's gradient as it was read: [N, O, H·W]. */
function misread(dy: Tensor4D, pixels: number): Tensor {
  const [n, , , outputs] = dy.shape;
  const flat = tf.reshape(tf.transpose(dy, [0, 3, 1, 2]), [n, -1]);
  return tf.slice(flat, [0, 0], [n, outputs * pixels])
    .reshape([n, outputs, pixels]);
}

function inputGradient(
  shape: [number, number, number, number],
  filter: Tensor4D,
  dy: Tensor4D,
): Tensor {
  const [, height, width, inputs] = shape;
  const outputs = filter.shape[2];
  return tf.matMul(
    tf.transpose(misread(dy, height * width), [0, 2, 1])
      .reshape([-1, outputs]),
    tf.reshape(filter, [outputs, inputs]),
  ).reshape(shape);
}

function filterGradient(x: Tensor4D, filter: Tensor4D, dy: Tensor4D): Tensor {
  const [, height, width, inputs] = x.shape;
  const outputs = filter.shape[2];
  return tf.matMul(
    tf.transpose(misread(dy, height * width), [1, 0, 2])
      .reshape([outputs, -1]),
    tf.reshape(x, [-1, inputs]),
  ).reshape(filter.shape);
}
