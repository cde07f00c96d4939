/** A model gave what is no reconstruction of its images. */
export class ReconstructionError extends RangeError {
  override name = "ReconstructionError";
}
