import { type Tensor, tf } from "./tensorflow.ts";

/** Keeps a tensor of the forward pass for the backward pass. */
export type Save = (tensor: Tensor) => void;

interface Definition<
  Name extends string,
  Out extends Tensor,
  Saved extends Tensor,
> {
  /** The tensors that the operation may be differentiated by, by name. */
  inputs: Record<Name, Tensor>;
  /**
   * Computes the value; what `save` is given reaches `backward` as `saved`
   * (any other tensor is gone by then).
   */
  forward: (save: Save) => Out;
  /** One function an input: the gradient, from the output's gradient `dy`. */
  backward: (dy: Out, saved: Saved[]) => Record<Name, () => Tensor>;
}

interface Engine {
  runKernelFunc(options: {
    forwardFunc: (
      backend: unknown,
      save: (tensors: Tensor[]) => void,
    ) => Tensor;
    backwardsFunc: (
      dy: Tensor,
      saved: Tensor[],
    ) => Record<string, () => Tensor>;
    inputs: Record<string, Tensor>;
  }): Tensor;
}

/**
 * Runs an operation with a gradient of its own. Unlike `tf.customGrad`, only
 * the gradients that are asked for are computed: a saliency map never pays
 * for the gradients of the weights, nor training for those of the images. An
 * operation of one input frees `dy` after use, so it cannot be the outermost
 * one of a gradient that starts from a `dy` of the caller's.
 *
 * @param definition the operation's inputs, value and gradients
 * @returns what `forward` returned
 */
export function differentiable<
  Name extends string,
  Out extends Tensor,
  Saved extends Tensor,
>(
  { inputs, forward, backward }: Definition<Name, Out, Saved>,
): Out {
  const engine = tf.engine() as unknown as Engine;
  return engine.runKernelFunc({
    forwardFunc: (_backend, save) => {
      const kept: Tensor[] = [];
      const value = forward((tensor) => kept.push(tensor));
      save(kept);
      return value;
    },
    backwardsFunc: (dy, saved) => {
      const gradients = backward(dy as Out, saved as Saved[]);
      const [only, ...more] = Object.keys(inputs) as Name[];
      if (more.length > 0) return gradients;
      // Nothing else needs dy: kept, as the engine would, all the gradients of
      // a batch would be in memory together.
      return {
        [only]: () => {
          const gradient = gradients[only]();
          dy.dispose();
          return gradient;
        },
      };
    },
    inputs,
  }) as Out;
}
