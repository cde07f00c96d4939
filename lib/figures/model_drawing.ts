import type { LayerRow } from "../model/summary.ts";
import { svgDocument, text } from "./image_grid.ts";

const GAP = 46;
const MIDDLE = 70;
const WIDTH_OF = (channels: number) => 6 + 4 * Math.sqrt(channels);
const HEIGHT_OF = (pixels: number) => 4 * pixels;
const ENCODER = "#0072B2";
const CODE = "#D55E00";
const DECODER = "#009E73";

interface Stage {
  title: string;
  shape: number[];
  color: string;
}

/**
 * The autoencoder as a drawing: what passes from block to block, as high as
 * its feature maps and the wider the more channels.
 *
 * @param rows as `layerRows` gives them
 * @returns an SVG document
 */
export function modelDrawing(rows: readonly LayerRow[]): string {
  const stages = [
    { title: "image", shape: [28, 28, 1], color: "#666666" },
    ...rows.filter(isStage).map(stageOf),
  ];
  let x = 30;
  const parts = stages.map(({ title, shape, color }, i) => {
    const dense = shape.length === 1;
    const height = dense ? 16 + 2 * Math.sqrt(shape[0]) : HEIGHT_OF(shape[0]);
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

/** Blocks end in conv1b; the rest is a stage of its own. */
const isStage = ({ name }: LayerRow) => !/conv(1a|2a)$/.test(name);

function stageOf({ name, output }: LayerRow): Stage {
  if (name === "encoder.fc.3") {
    return { title: "code", shape: output, color: CODE };
  }
  const color = name.startsWith("encoder") ? ENCODER : DECODER;
  const title = name === "decoder.conv.2"
    ? "output"
    : output.length === 1
    ? "dense"
    : color === ENCODER
    ? "down"
    : "up";
  return { title, shape: output, color };
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
