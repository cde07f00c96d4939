import { Resvg } from "@resvg/resvg-js";
import * as vega from "vega";
import * as scenegraph from "vega-scenegraph";
import { compile } from "vega-lite";
import type { ChartSpec } from "./chart_spec.ts";
import { type Tensor3D, tf } from "../tensor/tensorflow.ts";
import type { Colormap } from "./colors.ts";
import { FONTS, textWidth } from "./font.ts";

// Without a canvas Vega takes every letter for a wide one, and leaves margins.
// The scene graph is that of vega-view, not the one that vega exports.
const { textMetrics } = scenegraph as unknown as { textMetrics: TextMetrics };
textMetrics.width = ({ fontSize = 11, fontWeight }, text) =>
  textWidth(`${text ?? ""}`, fontSize, fontWeight === "bold");

/** What Vega measures texts with; its types leave it out. */
interface TextMetrics {
  width: (
    item: { fontSize?: number; fontWeight?: string | number },
    text?: string | number,
  ) => number;
}

/**
 * Draws a Vega-Lite chart.
 *
 * @param spec a Vega-Lite specification that holds its data
 * @returns an SVG document
 */
export async function chartToSvg(spec: ChartSpec): Promise<string> {
  const parsed = vega.parse(compile(spec).spec);
  const view = new vega.View(parsed, { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}

/**
 * An SVG document as a picture on white ground.
 *
 * @param svg the document
 * @param scale pixels a unit; 2 suits high-resolution screens and print
 * @returns a PNG file
 */
export function svgToPng(svg: string, scale = 2): Uint8Array {
  const resvg = new Resvg(svg, {
    background: "white",
    fitTo: { mode: "zoom", value: scale },
    font: FONTS,
  });
  return resvg.render().asPng();
}

/**
 * A map or image as a small picture, one pixel a value.
 *
 * @param values in row order
 * @param width values in a row
 * @param colormap from value to colour
 * @returns a PNG file
 */
export async function mapToPng(
  values: ArrayLike<number>,
  width: number,
  colormap: Colormap,
): Promise<Uint8Array> {
  return await rgbToPng(
    Uint8Array.from(Array.from(values, colormap).flat()),
    width,
  );
}

/**
 * A colour image as a small picture.
 *
 * @param values red, green and blue of each pixel, 0 to 1, clipped
 * @param width pixels in a row
 * @returns a PNG file
 */
export async function colourToPng(
  values: ArrayLike<number>,
  width: number,
): Promise<Uint8Array> {
  const level = (value: number) =>
    Math.round(255 * Math.min(1, Math.max(0, value)));
  return await rgbToPng(Uint8Array.from(values, level), width);
}

async function rgbToPng(
  colors: Uint8Array,
  width: number,
): Promise<Uint8Array> {
  const shape = [colors.length / width / 3, width, 3] as [
    number,
    number,
    number,
  ];
  const image = tf.tensor3d(colors, shape, "int32");
  try {
    return await tf.node.encodePng(image as Tensor3D);
  } finally {
    image.dispose();
  }
}
