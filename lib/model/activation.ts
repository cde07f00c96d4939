import { leakyRelu } from "../tensor/leaky_relu.ts";
import { type Tensor, tf } from "../tensor/tensorflow.ts";

/** The activations that models are made of. */
export type ActivationKind = "leakyRelu" | "sigmoid";

/** An activation of a model: which function, and after which layer. */
export interface Activation {
  /** Which function. */
  kind: ActivationKind;
  /** The layer or block before it, by its name in the state dict. */
  after: string;
}

/**
 * Computes an activation. What replaces {@linkcode activate} can look at the
 * values inside a model, and change how it is differentiated.
 */
export type Activate = <T extends Tensor>(x: T, activation: Activation) => T;

/** Every activation as it is. */
export const activate: Activate = (x, { kind }) =>
  kind === "sigmoid" ? tf.sigmoid(x) : leakyRelu(x);
