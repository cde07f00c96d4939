import { type Colormap, gray, inferno } from "./colors.ts";
import { FONT, mapToPng } from "./render.ts";

/** One row of Figure 1. */
export interface Figure1Row {
  /** For instance "normal, digit 3". */
  title: string;
  width: number;
  /** Values 0 to 1. */
  input: Float32Array;
  /** Shown clipped to 0 to 1. */
  reconstruction: Float32Array;
  /** ≥ 0; scaled here. */
  saliency: Float32Array;
  /** ≥ 0; scaled here. */
  error: Float32Array;
}

const TILE = 84;
const GAP = 6;
const LEFT = 96;
const TOP = 40;
const BOTTOM = 44;

const COLUMNS = [
  "input",
  "reconstruction",
  "saliency",
  "squared saliency",
  "error map",
];

/**
 * Figure 1 of the paper, with its columns: input, reconstruction, saliency
 * map, squared saliency map and reconstruction-error map, each map scaled to
 * [0, 1] by its own maximum.
 *
 * @param rows one an image
 * @returns an SVG document
 */
export async function figure1(rows: readonly Figure1Row[]): Promise<string> {
  const width = LEFT + COLUMNS.length * (TILE + GAP);
  const height = TOP + rows.length * (TILE + GAP) + BOTTOM;
  const titles = COLUMNS.map((title, i) =>
    text(LEFT + i * (TILE + GAP) + TILE / 2, TOP - 10, title, "middle")
  );
  const body = await Promise.all(rows.map(drawRow));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}" font-family="${FONT}, Arial, sans-serif" font-size="11">` +
    `<rect width="100%" height="100%" fill="white"/>` +
    titles.join("") + body.join("") +
    await colorBar(LEFT + 2 * (TILE + GAP), height - BOTTOM + 12) + "</svg>";
}

async function drawRow(row: Figure1Row, index: number): Promise<string> {
  const y = TOP + index * (TILE + GAP);
  const saliency = scale(row.saliency);
  const tiles: [Float32Array, Colormap][] = [
    [row.input, gray],
    [row.reconstruction, gray],
    [saliency, inferno],
    [saliency.map((value) => value * value), inferno],
    [scale(row.error), inferno],
  ];
  const images = await Promise.all(tiles.map(async ([values, colormap], i) => {
    const x = LEFT + i * (TILE + GAP);
    return image(x, y, TILE, TILE, await mapToPng(values, row.width, colormap));
  }));
  const lines = row.title.split(", ");
  const title = lines.map((line, i) =>
    text(
      LEFT - 10,
      y + TILE / 2 + 14 * (i - (lines.length - 1) / 2) + 4,
      line,
      "end",
    )
  );
  return title.join("") + images.join("");
}

function scale(map: Float32Array): Float32Array {
  const maximum = map.reduce((a, b) => Math.max(a, b), 0) || 1;
  return map.map((value) => value / maximum);
}

async function colorBar(x: number, y: number): Promise<string> {
  const width = 3 * TILE + 2 * GAP;
  const steps = Array.from({ length: 256 }, (_, i) => i / 255);
  return image(x, y, width, 10, await mapToPng(steps, 256, inferno)) +
    text(x, y + 22, "0", "start") +
    text(x + width / 2, y + 22, "share of the map's maximum", "middle") +
    text(x + width, y + 22, "1", "end");
}

function image(
  x: number,
  y: number,
  width: number,
  height: number,
  png: Uint8Array,
): string {
  return `<image x="${x}" y="${y}" width="${width}" height="${height}" ` +
    `preserveAspectRatio="none" image-rendering="optimizeSpeed" ` +
    `href="data:image/png;base64,${png.toBase64()}"/>`;
}

function text(x: number, y: number, content: string, anchor: string): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${content}</text>`;
}
