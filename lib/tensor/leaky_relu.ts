import type { Tensor } from "./tensorflow.ts";
import { differentiable } from "./custom_gradient.ts";
import { FLOAT, runKernel } from "./native_kernel.ts";

/** PyTorch's default slope for negative values. */
export const SLOPE = 0.01;

const attributes = { T: FLOAT, alpha: { float: SLOPE } };

/**
 * LeakyReLU with PyTorch's slope of 0.01. TensorFlow's fused gradient kernel
 * replaces the four operations that TensorFlow.js composes it of. It only
 * looks at signs, which the output keeps, so the input need not be saved.
 *
 * @param x any shape
 * @returns x where x > 0, 0.01·x elsewhere
 */
export function leakyRelu<T extends Tensor>(x: T): T {
  return differentiable({
    inputs: { x },
    forward: (save) => {
      const [y] = runKernel("LeakyRelu", [x], attributes);
      save(y);
      return y as T;
    },
    backward: (dy, [y]: Tensor[]) => ({
      x: () => runKernel("LeakyReluGrad", [dy, y], attributes)[0],
    }),
  });
}
