import { type Colormap, gray, inferno } from "./colors.ts";
import { FONT, textWidth } from "./font.ts";
import { escapeMarkup } from "./markup.ts";
import { colourToPng, mapToPng } from "./render.ts";

/** One picture of a grid. */
export interface Tile {
  /** One number a pixel, in row order. */
  values: ArrayLike<number>;
  /** Pixels in a row. */
  width: number;
  /** The colour of each value; default: gray. */
  colormap?: Colormap;
  /** 3 where each pixel is red, green and blue, 0 to 1 (default: 1). */
  channels?: number;
}

/** Pictures in rows and columns. */
export interface ImageGrid {
  /** What stands above each column; none where there is nothing to say. */
  columns?: readonly string[];
  /** From top to bottom; a title stands left of its row. */
  rows: readonly { title: string; tiles: readonly Tile[] }[];
  /** The scales of the maps, drawn below (default: none). */
  colorBars?: readonly ColorBar[];
}

/** A colour bar below a grid, from one column to another. */
export interface ColorBar {
  /** What its colours measure. */
  label: string;
  /** Left end and right end. */
  ends: readonly [string, string];
  /** Its colours; default: inferno. */
  colormap?: Colormap;
  /** First column under which it stands, from 0. */
  from: number;
  /** The last one (default: that of the grid). */
  to?: number;
}

const TILE = 84;
const GAP = 6;
/** Room for the rows' titles: at least this, and what the longest line needs. */
const LEFT = 96;
/** Of all text. */
const SIZE = 11;
const BOTTOM = 44;

/**
 * Draws pictures side by side.
 *
 * @param grid rows of pictures with their titles
 * @param options `tile`: height and width of a picture, units of the drawing
 * @returns an SVG document
 */
export async function imageGrid(
  { columns = [], rows, colorBars = [] }: ImageGrid,
  { tile = TILE }: { tile?: number } = {},
): Promise<string> {
  const across = Math.max(columns.length, ...rows.map((r) => r.tiles.length));
  const top = columns.length > 0 ? 40 : GAP;
  const lines = rows.flatMap(({ title }) => linesOf(title));
  const longest = Math.max(0, ...lines.map((line) => textWidth(line, SIZE)));
  const left = Math.max(LEFT, longest + 16);
  const width = left + across * (tile + GAP);
  const bottom = top + rows.length * (tile + GAP);
  const height = bottom + (colorBars.length > 0 ? BOTTOM : 0);
  const titles = columns.map((title, i) =>
    text(left + i * (tile + GAP) + tile / 2, top - 10, title, "middle")
  );
  const body = await Promise.all(
    rows.map((row, i) => drawRow(row, [left, top + i * (tile + GAP)], tile)),
  );
  const bars = await Promise.all(
    colorBars.map((bar) => {
      const [from, after] = [bar.from, (bar.to ?? across - 1) + 1]
        .map((column) => left + column * (tile + GAP));
      return drawBar(bar, from, after - GAP, bottom + 12);
    }),
  );
  return svgDocument(width, height, [...titles, ...body, ...bars].join(""));
}

const linesOf = (title: string) => title.split(", ");

async function drawRow(
  { title, tiles }: ImageGrid["rows"][number],
  [left, y]: [number, number],
  size: number,
): Promise<string> {
  const lines = linesOf(title);
  const titles = lines.map((line, i) =>
    text(
      left - 10,
      y + size / 2 + 14 * (i - (lines.length - 1) / 2) + 4,
      line,
      "end",
    )
  );
  const images = await Promise.all(
    tiles.map(async ({ values, width, colormap = gray, channels }, i) =>
      picture(
        within(
          { x: left + i * (size + GAP), y, size },
          [width, values.length / (channels ?? 1) / width],
        ),
        channels === 3
          ? await colourToPng(values, width)
          : await mapToPng(values, width, colormap),
      )
    ),
  );
  return titles.join("") + images.join("");
}

/** The place of an image in a square, in its own proportions. */
function within(
  { x, y, size }: { x: number; y: number; size: number },
  [columns, rows]: [columns: number, rows: number],
) {
  const unit = size / Math.max(columns, rows);
  const [width, height] = [unit * columns, unit * rows];
  return {
    x: x + (size - width) / 2,
    y: y + (size - height) / 2,
    width,
    height,
  };
}

async function drawBar(
  { label, ends, colormap = inferno }: ColorBar,
  left: number,
  right: number,
  y: number,
): Promise<string> {
  const steps = Array.from({ length: 256 }, (_, i) => i / 255);
  const place = { x: left, y, width: right - left, height: 10 };
  return picture(place, await mapToPng(steps, 256, colormap)) +
    text(left, y + 22, ends[0], "start") +
    text((left + right) / 2, y + 22, label, "middle") +
    text(right, y + 22, ends[1], "end");
}

/** A drawing on white ground, in the font of all figures. */
export function svgDocument(
  width: number,
  height: number,
  body: string,
): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}" font-family="${FONT}, Arial, sans-serif" font-size="11">` +
    `<rect width="100%" height="100%" fill="white"/>${body}</svg>`;
}

/** A PNG file as part of a drawing, its pixels kept sharp. */
export function picture(
  { x, y, width, height }: Record<"x" | "y" | "width" | "height", number>,
  png: Uint8Array,
): string {
  return `<image x="${x}" y="${y}" width="${width}" height="${height}" ` +
    `preserveAspectRatio="none" image-rendering="optimizeSpeed" ` +
    `href="data:image/png;base64,${png.toBase64()}"/>`;
}

/** A line of text as part of a drawing. */
export function text(
  x: number,
  y: number,
  content: string,
  anchor: "start" | "middle" | "end",
): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${
    escapeMarkup(content)
  }</text>`;
}
