/**
 * TensorFlow with the settings this project needs. Every other module takes
 * `tf` from here, so that the settings are in force before the native library
 * loads.
 *
 * @module
 */
import process from "node:process";
import util from "node:util";

/** TensorFlow.js: its functions and types. */
export type TensorFlow = typeof import("@tensorflow/tfjs-node");
/** A tensor without axes: one number. */
export type Scalar = ReturnType<TensorFlow["scalar"]>;
/** A tensor of any number of axes. */
export type Tensor = ReturnType<TensorFlow["tensor"]>;
/** A tensor with one axis. */
export type Tensor1D = ReturnType<TensorFlow["tensor1d"]>;
/** A tensor with two axes. */
export type Tensor2D = ReturnType<TensorFlow["tensor2d"]>;
/** A tensor with three axes, as maps [N, H, W]. */
export type Tensor3D = ReturnType<TensorFlow["tensor3d"]>;
/** A tensor with four axes, as images [N, H, W, C]. */
export type Tensor4D = ReturnType<TensorFlow["tensor4d"]>;

// tfjs-node 4.22 calls this function, which newer Node APIs no longer have.
const legacyUtil = util as unknown as Record<string, unknown>;
legacyUtil.isNullOrUndefined ??= (value: unknown) => value == null;

// Read once by the native library: oneDNN kernels (faster), no start-up log.
process.env.TF_ENABLE_ONEDNN_OPTS ??= "1";
process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";

/** TensorFlow.js on TensorFlow's native CPU library, with oneDNN switched on. */
export const tf: TensorFlow = await import("@tensorflow/tfjs-node").catch(
  (error) => {
    throw new Error(
      "TensorFlow's native library does not load; run `deno task setup` once " +
        `(first line of the cause: ${String(error.message).split("\n")[0]})`,
      { cause: error },
    );
  },
);

/**
 * Makes TensorFlow.js forget gradients that ended half-way, and frees what it
 * kept for them. In a notebook, Stop ends code where it is, without its
 * `finally`, and elsewhere a model may throw; TensorFlow.js would take every
 * later gradient for a part of that one, and fail. Called before gradients that
 * are not themselves a part of others, and after those that threw.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * tf.engine().state.kernelDepth = 1; // as Stop leaves it
 * forgetStoppedGradients();
 * assertEquals(tf.grad((x) => x.square())(tf.scalar(3)).dataSync()[0], 6);
 * ```
 */
export function forgetStoppedGradients(): void {
  const { state } = tf.engine();
  state.gradientDepth = 0;
  state.kernelDepth = 0;
  const tape = state.activeTape as { saved?: Tensor[] }[] | null;
  for (const { saved = [] } of tape ?? []) {
    for (const tensor of saved) if (!tensor.isDisposed) tensor.dispose();
  }
  state.activeTape = null as unknown as typeof state.activeTape;
}

/**
 * `tf.tidy` for a function that returns numbers: disposes of all its tensors.
 * `tf.tidy` itself would look for tensors in what is returned, number by
 * number of an array, which takes longer than many a computation.
 *
 * @param compute returns no tensor
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const values = tidyNumbers(() => tf.range(0, 3).dataSync());
 * assertEquals([...values], [0, 1, 2]);
 * ```
 */
export function tidyNumbers<T>(compute: () => T): T {
  let result!: T;
  tf.tidy(() => void (result = compute()));
  return result;
}
