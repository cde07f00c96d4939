import { Resvg } from "@resvg/resvg-js";
import * as vega from "vega";
import * as scenegraph from "vega-scenegraph";
import { compile } from "vega-lite";
import type { ChartSpec } from "./chart_spec.ts";
import { type Tensor3D, tf } from "../tensor/tensorflow.ts";
import type { Colormap } from "./colors.ts";
import { BOLD, FONTS, textWidth } from "./font.ts";

/** What Vega measures texts with; its types leave it out. */
interface TextMetrics {
  width: (
    item: { fontSize?: number; fontWeight?: string | number },
    text?: string | number,
  ) => number;
}

/**
 * Without a canvas Vega takes every letter for a wide one, and leaves margins:
 * from here on it measures, in the whole process.
 */
function measureTexts() {
  // The scene graph is that of vega-view, not the one that vega exports.
  const { textMetrics } = scenegraph as unknown as { textMetrics: TextMetrics };
  const known = new Map<string, number>();
  textMetrics.width = ({ fontSize = 11, fontWeight }, text = "") => {
    const line = `${text}`;
    const em = known.get(line) ?? textWidth(line, 1);
    known.set(line, em);
    return em * fontSize * (fontWeight === "bold" ? BOLD : 1);
  };
}

/**
 * Draws a Vega-Lite chart.
 *
 * @param spec a Vega-Lite specification that holds its data
 * @returns an SVG document
 */
export async function chartToSvg(spec: ChartSpec): Promise<string> {
  measureTexts();
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
