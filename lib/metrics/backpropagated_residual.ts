import { requireComparable } from "./check.ts";
import type { MapData } from "./map_data.ts";

/**
 * The residual of an image, carried back to the input by the model's backward
 * pass. With the residual r = x − g(f(x)), the model's Jacobian
 * J = d g(f(x)) / d x and n numbers in an image, the gradient of the loss
 * r̄ = ‖r‖²/n (equation 2 of the paper) is
 *
 *   d r̄ / d x = 2/n · (r − Jᵀr),
 *
 * for x occurs in r twice: as the image, and in its reconstruction. Of images in
 * grey the error map is r²; without the second term, Jᵀr, the saliency map would
 * be 2/n · |r| and rank the pixels alike.
 *
 * @param residual x − g(f(x)), with its sign
 * @param gradient d r̄ / d x, with its sign, of the same size
 * @returns Jᵀr, the residual backpropagated through the model
 * @throws {RangeError} when they differ in size or hold NaN or an infinity
 *
 * @example A model that returns half of its image: J = I/2
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const residual = [1, -2]; // of the image [2, -4]
 * const gradient = [0.5, -1]; // r̄ = (x₁² + x₂²)/8
 * assertEquals(backpropagatedResidual(residual, gradient), [0.5, -1]);
 * ```
 */
export function backpropagatedResidual(
  residual: MapData,
  gradient: MapData,
): number[] {
  requireComparable(residual, gradient);
  const half = residual.length / 2;
  return Array.from(residual, (r, i) => r - half * gradient[i]);
}

/**
 * How much of the residual comes back through the model: ‖Jᵀr‖ / ‖r‖, see
 * {@linkcode backpropagatedResidual}. At 0 the saliency map and the error map (of
 * images in grey) rank pixels alike, as in a model that takes each image to the
 * nearest point of a smooth set of images: a reconstruction can move along the
 * set alone, so the columns of J are tangent to it, and the residual is
 * perpendicular. A model that ignores its input has 0 as well.
 *
 * @param residual x − g(f(x)), with its sign
 * @param gradient d r̄ / d x, with its sign, of the same size
 * @returns 0 or more
 * @throws {RangeError} as there, and when the residual is 0 throughout, as no
 * share of nothing can come back
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(residualRatio([1, -2], [0.5, -1]), 0.5);
 * ```
 */
export function residualRatio(residual: MapData, gradient: MapData): number {
  const back = norm(backpropagatedResidual(residual, gradient));
  const whole = norm(residual);
  if (whole === 0) {
    throw new RangeError(
      "the image is reconstructed exactly: there is no residual to come back",
    );
  }
  return back / whole;
}

/**
 * How far Jᵀr points along r: the cosine of the angle between them, see
 * {@linkcode backpropagatedResidual}. Where it is 1, the two maps rank pixels
 * alike however much comes back (unless Jᵀr = r, where the gradient is 0).
 *
 * @param residual x − g(f(x)), with its sign
 * @param gradient d r̄ / d x, with its sign, of the same size
 * @returns −1 to 1; 0 where nothing comes back
 * @throws {RangeError} when they differ in size or hold NaN or an infinity
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(backpropagatedCosine([3, 4], [1.5, 2]), 1);
 * ```
 */
export function backpropagatedCosine(
  residual: MapData,
  gradient: MapData,
): number {
  const back = backpropagatedResidual(residual, gradient);
  const dot = back.reduce((sum, value, i) => sum + value * residual[i], 0);
  return dot / (norm(back) * norm(residual) || 1);
}

/** Not Math.hypot, which takes as many arguments as a stack has room for. */
function norm(values: MapData): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ** 2;
  return Math.sqrt(sum);
}
