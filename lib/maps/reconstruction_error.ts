import type { Tensor } from "../tensor/tensorflow.ts";

/** A model gave what is no reconstruction of its images. */
export class ReconstructionError extends RangeError {
  /** Tells it from other errors. */
  override name = "ReconstructionError";
}

/**
 * That a reconstruction has the shape of its image: others would be compared
 * with it, too, stretched along the axes that they lack.
 *
 * @param reconstruction what a model returned
 * @param x the images it was given
 * @throws {ReconstructionError} when the shapes differ
 */
export function requireShape(reconstruction: Tensor, x: Tensor) {
  if (String(reconstruction.shape) === String(x.shape)) return;
  throw new ReconstructionError(
    `the model turned images [${x.shape}] into [${reconstruction.shape}]; ` +
      "a reconstruction has the shape of its image",
  );
}
