import { CONVOLUTIONAL } from "../model/autoencoders/convolutional.ts";
import type { Autoencoder } from "../model/parameters.ts";
import { type LayerRow, modelSummary } from "../model/summary.ts";
import { svgDocument, text } from "./image_grid.ts";

const GAP = 46;
const MIDDLE = 70;
const WIDTH_OF = (channels: number) => 6 + 4 * Math.sqrt(channels);
/** Height of the image in the drawing. */
const IMAGE = 112;
const COLORS = {
  encoder: "#0072B2",
  code: "#D55E00",
  decoder: "#009E73",
  output: "#009E73",
};

interface Stage {
  title: string;
  shape: number[];
  color: string;
}

/**
 * The autoencoder as a drawing: what passes from block to block, as high as
 * its feature maps and the wider the more channels.
 *
 * @param autoencoder default: the paper's (Section 3.2)
 * @returns an SVG document
 */
export function modelDrawing(
  autoencoder: Autoencoder = CONVOLUTIONAL,
): string {
  const { height, width, channels } = autoencoder.shape;
  const scale = IMAGE / height;
  const stages = [
    {
      title: "image",
      shape: [height, width, channels],
      color: "#666666",
    },
    // Layers of the loss are in no block, and not on the way of the image.
    ...Map.groupBy(
      modelSummary(autoencoder).filter(({ block }) => block),
      ({ block }) => block!.name,
    )
      .values().map(stageOf),
  ];
  let x = 30;
  const parts = stages.map(({ title, shape, color }, i) => {
    const dense = shape.length === 1;
    const height = dense ? 16 + 2 * Math.sqrt(shape[0]) : scale * shape[0];
    const width = dense ? 10 : WIDTH_OF(shape[2]);
    const middle = x + width / 2;
    const part = box({ x, y: MIDDLE - height / 2, width, height }, color) +
      text(middle, MIDDLE + 76, title, "middle") +
      text(middle, MIDDLE + 92, shape.join("×"), "middle") +
      (i > 0 ? arrow(x - GAP + 5, x - 5) : "");
    x += width + GAP;
    return part;
  });
  return svgDocument(x - GAP + 30, MIDDLE + 104, parts.join(""));
}

/** What a block gives, whatever its layers: every branch ends in that shape. */
function stageOf(rows: readonly LayerRow[]): Stage {
  const { output, block } = rows.at(-1)!;
  const part = block?.part ?? "decoder";
  const resampling = part === "encoder" ? "down" : "up";
  const title = part === "code" || part === "output"
    ? part
    : output.length === 1
    ? "dense"
    : resampling;
  return { title, shape: output, color: COLORS[part] };
}

function box(
  { x, y, width, height }: Record<"x" | "y" | "width" | "height", number>,
  color: string,
): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="2" ` +
    `fill="${color}" fill-opacity="0.75" stroke="#333"/>`;
}

function arrow(from: number, to: number): string {
  return `<path d="M${from} ${MIDDLE} H${to} m-5 -4 l5 4 l-5 4" fill="none" stroke="#333"/>`;
}
