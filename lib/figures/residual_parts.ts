import { backpropagatedResidual } from "../metrics/backpropagated_residual.ts";
import { difference } from "./colors.ts";
import type { ExampleRow } from "./examples.ts";
import { imageGrid } from "./image_grid.ts";

/**
 * What the two maps of images in grey are made of: the residual r, what of it
 * comes back through the model, Jᵀr, and r − Jᵀr, to which the saliency map is
 * proportional. Each row has one scale; red is positive, blue negative.
 *
 * @param examples from `exampleRows`
 * @returns SVG
 */
export async function residualParts(
  examples: readonly ExampleRow[],
): Promise<string> {
  const rows = examples.map((example) => {
    const { title, input, reconstruction, gradient, width } = example;
    const residual = Array.from(input, (value, i) => value - reconstruction[i]);
    const back = backpropagatedResidual(residual, gradient);
    const rest = residual.map((value, i) => value - back[i]);
    const largest = Math.max(...[residual, back, rest].flat().map(Math.abs));
    const tiles = [residual, back, rest].map((part) => ({
      values: part.map((value) => value / (largest || 1)),
      ...{ width, colormap: difference },
    }));
    return { title, tiles };
  });
  return await imageGrid({ columns: ["r", "Jᵀr", "r − Jᵀr"], rows }, {
    tile: 112,
  });
}
