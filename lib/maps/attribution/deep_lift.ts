import {
  type Activate,
  activate,
  type Activation,
} from "../../model/activation.ts";
import { differentiable } from "../../tensor/custom_gradient.ts";
import { SLOPE } from "../../tensor/leaky_relu.ts";
import {
  forgetStoppedGradients,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
  tf,
} from "../../tensor/tensorflow.ts";
import type { ReconstructWith } from "../maps.ts";

/**
 * Inputs of a sigmoid that differ by less have the mean of both derivatives in
 * place of the quotient: it is within 1e-6 of it, and the rounding of a quotient
 * of 32-bit numbers that are so close is larger.
 */
const CLOSE = 1e-2;

/**
 * DeepLIFT (Shrikumar et al., 2017, "Learning Important Features Through
 * Propagating Activation Differences"), by its rescale rule: how much each
 * pixel contributes to r̄(x) − r̄(0), the difference from a black image.
 * On the way back, derivatives of activations and of the square are replaced by
 * the quotient of the differences of output and input. The contributions add
 * up to the difference, but for the memory autoencoder: the attention to its
 * items has the ordinary gradient.
 *
 * @param reconstructWith the model, of which activations can be replaced
 * @param x images [N, H, W, C]
 * @returns signed, [N, H, W]; channels are summed
 *
 * @example A model that returns black images: r̄ = mean(x²), shared out by x²
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { tf } from "../../tensor/tensorflow.ts";
 *
 * const x = tf.tensor4d([1, -2], [1, 1, 2, 1]);
 * assertEquals([...deepLift(tf.zerosLike, x).dataSync()], [0.5, 2]);
 * ```
 */
export function deepLift(
  reconstructWith: ReconstructWith,
  x: Tensor4D,
): Tensor3D {
  forgetStoppedGradients();
  const [, ...size] = x.shape;
  const black = tf.zeros([1, ...size]) as Tensor4D;
  const reference = inputsOfActivations(reconstructWith, black);
  try {
    return tf.tidy(() => {
      const rest = tf.neg(reference.reconstruction);
      const summed = (image: Tensor) => {
        const activate = rescale(reference.inputs);
        const y = reconstructWith(image as Tensor4D, activate);
        return tf.sum(squareFrom(rest, tf.sub(image, y)));
      };
      const multipliers = tf.grad(summed)(x);
      const pixels = x.size / x.shape[0];
      return tf.sum(tf.mul(x, multipliers), 3).div(pixels) as Tensor3D;
    });
  } finally {
    tf.dispose([black, reference.reconstruction, ...reference.inputs]);
  }
}

/** A reconstruction, and what each activation was given, in order. */
function inputsOfActivations(reconstructWith: ReconstructWith, x: Tensor4D) {
  const inputs: Tensor[] = [];
  const record: Activate = (input, activation) => {
    inputs.push(tf.keep(tf.clone(input)));
    return activate(input, activation);
  };
  const reconstruction = tf.tidy(() => reconstructWith(x, record));
  return { reconstruction, inputs };
}

/** Activations with multipliers from the reference's inputs, in order. */
function rescale(references: readonly Tensor[]): Activate {
  const next = references.values();
  return (x, activation) =>
    withMultiplier(x, {
      value: () => activate(x, activation),
      multiplier: (y) => {
        const reference = next.next().value as typeof x;
        return multiplierOf(activation, { x, y, reference });
      },
    });
}

function multiplierOf(
  activation: Activation,
  { x, y, reference }: Record<"x" | "y" | "reference", Tensor>,
): Tensor {
  const difference = tf.sub(x, reference);
  const yReference = activate(reference, activation);
  const quotient = tf.div(tf.sub(y, yReference), difference);
  if (activation.kind === "sigmoid") {
    const derivative = (y: Tensor) => tf.mul(y, tf.sub(1, y));
    const mean = tf.add(derivative(y), derivative(yReference)).div(2);
    return tf.where(tf.less(tf.abs(difference), CLOSE), mean, quotient);
  }
  // Of one sign it is the slope, without the rounding of close numbers.
  const positive = tf.greater(x, 0);
  const slope = tf.where(positive, tf.onesLike(x), SLOPE);
  return tf.where(
    tf.equal(positive, tf.greater(reference, 0)),
    slope,
    quotient,
  );
}

/** u², with (u² − v²) / (u − v) = u + v in place of its derivative. */
function squareFrom<T extends Tensor>(reference: Tensor, u: T): T {
  return withMultiplier(u, {
    value: () => tf.square(u),
    multiplier: () => tf.add(u, reference),
  });
}

/** A value with something else in place of its derivative by x. */
function withMultiplier<T extends Tensor>(
  x: T,
  { value, multiplier }: { value: () => T; multiplier: (value: T) => Tensor },
): T {
  return differentiable({
    inputs: { x },
    forward: (save) => {
      const y = value();
      save(multiplier(y));
      return y;
    },
    backward: (dy, [multiplier]: Tensor[]) => ({
      x: () => tf.mul(dy, multiplier),
    }),
  });
}
