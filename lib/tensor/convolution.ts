import { type Tensor4D, tf } from "./tensorflow.ts";
import { differentiable } from "./custom_gradient.ts";
import { type Attributes, FLOAT, runKernel } from "./native_kernel.ts";

/** How a convolution's kernel moves over the image; equal in both directions. */
export interface Geometry {
  /** Pixels from one position to the next. */
  stride: number;
  /** Rows (and columns) of zeros before and after the image. */
  padding: [before: number, after: number];
}

/** How a convolution is differentiated. */
export interface ConvolutionOptions {
  /** Whether the filter is constant: no gradient, nothing kept for one. */
  frozen?: boolean;
}

type Shape4D = [number, number, number, number];

// TensorFlow's oneDNN kernels take explicit padding in the forward
// convolution only. The gradients leave oneDNN for it, and are slower there:
// so they get "SAME" where that means the same zeros, and a
// padded or cropped image with "VALID" elsewhere.
const attributes = (stride: number, padding: string): Attributes => ({
  T: FLOAT,
  strides: { int: [1, stride, stride, 1] },
  padding: { string: padding },
  data_format: { string: "NHWC" },
  use_cudnn_on_gpu: { bool: true },
  dilations: { int: [1, 1, 1, 1] },
});

function isSame(kernel: number, { stride, padding }: Geometry): boolean {
  const [before, after] = padding;
  return stride === 1 && before === after && before + after === kernel - 1;
}

const isPadded = ({ padding }: Geometry) => padding.some((side) => side !== 0);

/** The convolution itself. */
function convolve(x: Tensor4D, filter: Tensor4D, geometry: Geometry): Tensor4D {
  const { stride, padding } = geometry;
  const explicit = [0, 0, ...padding, ...padding, 0, 0];
  return runKernel("Conv2D", [x, filter], {
    ...attributes(stride, "EXPLICIT"),
    explicit_paddings: { int: explicit },
  })[0] as Tensor4D;
}

/** Its gradient by the image, which is also the transposed convolution. */
function inputGradient(
  shape: Shape4D,
  filter: Tensor4D,
  dy: Tensor4D,
  geometry: Geometry,
): Tensor4D {
  const [n, height, width, channels] = shape;
  const { stride, padding: [before, after] } = geometry;
  const same = isSame(filter.shape[0], geometry);
  const grow = same ? 0 : before + after;
  const size = [n, height + grow, width + grow, channels];
  const [padded] = runKernel(
    "Conv2DBackpropInput",
    [tf.tensor1d(size, "int32"), filter, dy],
    attributes(stride, same ? "SAME" : "VALID"),
  );
  if (grow === 0) return padded as Tensor4D;
  return tf.slice(padded as Tensor4D, [0, before, before, 0], shape);
}

/** Its gradient by the filter. */
function filterGradient(
  x: Tensor4D,
  shape: Shape4D,
  dy: Tensor4D,
  geometry: Geometry,
): Tensor4D {
  const { stride, padding } = geometry;
  const [size, , inputs, outputs] = shape;
  if (size === 1 && inputs < 8) {
    // For a 1×1 kernel Conv2DBackpropFilter (oneDNN) gives other bits each time
    // with one channel and two threads, and writes beyond its memory with three
    // on processors without AVX-512; a matrix product does neither.
    const pixels = tf.stridedSlice(x, [0, 0, 0, 0], x.shape, [
      1,
      stride,
      stride,
      1,
    ]);
    return tf.matMul(
      tf.reshape(pixels, [-1, inputs]),
      tf.reshape(dy, [-1, outputs]),
      true,
    ).reshape(shape);
  }
  const same = isSame(size, geometry);
  const padded = same || !isPadded(geometry)
    ? x
    : tf.pad(x, [[0, 0], padding, padding, [0, 0]]);
  return runKernel(
    "Conv2DBackpropFilter",
    [padded, tf.tensor1d(shape, "int32"), dy],
    attributes(stride, same ? "SAME" : "VALID"),
  )[0] as Tensor4D;
}

/**
 * Convolution with explicit padding, as PyTorch's `conv2d` (TensorFlow's
 * "same" pads on the other side when the stride is 2).
 *
 * @param x images [N, H, W, I]
 * @param filter weights [k, k, I, O]
 * @param geometry stride and padding
 * @param options `frozen`: differentiable by x alone
 * @returns [N, H', W', O] with H' = ⌊(H + before + after − k) / stride⌋ + 1
 *
 * @example A 1×1 kernel with stride 2 picks every second pixel
 * ```ts
 * import { tf } from "./tensorflow.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
 * const two = tf.tensor4d([2], [1, 1, 1, 1]);
 * const y = conv2d(x, two, { stride: 2, padding: [0, 0] });
 * assertEquals([...y.dataSync()], [2]);
 * ```
 */
export function conv2d(
  x: Tensor4D,
  filter: Tensor4D,
  geometry: Geometry,
  { frozen = false }: ConvolutionOptions = {},
): Tensor4D {
  const { shape } = x;
  if (frozen) {
    return differentiable({
      inputs: { x },
      forward: () => convolve(x, filter, geometry),
      backward: (dy) => ({
        x: () => inputGradient(shape, filter, dy, geometry),
      }),
    });
  }
  return differentiable({
    inputs: { x, filter },
    forward: (save) => {
      save(x);
      save(filter);
      return convolve(x, filter, geometry);
    },
    backward: (dy, [x, filter]: Tensor4D[]) => ({
      x: () => inputGradient(x.shape, filter, dy, geometry),
      filter: () => filterGradient(x, filter.shape, dy, geometry),
    }),
  });
}

/**
 * Transposed convolution that doubles the image, as PyTorch's
 * `conv_transpose2d` with stride 2 and output_padding 1: the gradient by the
 * image of the convolution of the same geometry. PyTorch's padding p from 1 is
 * `[p, p − 1]` here, for output_padding lengthens the far side; 0 is `[0, 0]`.
 *
 * @param x images [N, H, W, I]
 * @param filter weights [k, k, O, I]
 * @param geometry stride and padding of the convolution that it transposes
 * @param options `frozen`: differentiable by x alone
 * @returns [N, stride·H, stride·W, O]
 *
 * @example A 1×1 kernel with stride 2 leaves zeros between the pixels
 * ```ts
 * import { tf } from "./tensorflow.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tf.tensor4d([3], [1, 1, 1, 1]);
 * const two = tf.tensor4d([2], [1, 1, 1, 1]);
 * const y = transposedConv2d(x, two, { stride: 2, padding: [0, 0] });
 * assertEquals([...y.dataSync()], [6, 0, 0, 0]);
 * ```
 */
export function transposedConv2d(
  x: Tensor4D,
  filter: Tensor4D,
  geometry: Geometry,
  { frozen = false }: ConvolutionOptions = {},
): Tensor4D {
  const [n, height, width] = x.shape;
  const { stride } = geometry;
  const outputs = filter.shape[2];
  const shape: Shape4D = [n, stride * height, stride * width, outputs];
  if (frozen) {
    return differentiable({
      inputs: { x },
      forward: () => inputGradient(shape, filter, x, geometry),
      backward: (dy) => ({ x: () => convolve(dy, filter, geometry) }),
    });
  }
  return differentiable({
    inputs: { x, filter },
    forward: (save) => {
      save(x);
      save(filter);
      return inputGradient(shape, filter, x, geometry);
    },
    backward: (dy, [x, filter]: Tensor4D[]) => ({
      x: () => convolve(dy, filter, geometry),
      filter: () => filterGradient(dy, filter.shape, x, geometry),
    }),
  });
}
