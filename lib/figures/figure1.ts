import { imageGrid, type Tile } from "./image_grid.ts";
import { mapColorBar, mapTile, scaleMap } from "./map_tile.ts";

/** One row of Figure 1. */
export interface Figure1Row {
  /** For instance "normal, digit 3". */
  title: string;
  /** Pixels in a row. */
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
export function figure1(rows: readonly Figure1Row[]): Promise<string> {
  return imageGrid({
    columns: COLUMNS,
    rows: rows.map((row) => ({ title: row.title, tiles: tiles(row) })),
    colorBars: [mapColorBar(2)],
  });
}

function tiles(row: Figure1Row): Tile[] {
  const { width } = row;
  // Maps have one number a pixel, images one a channel.
  const channels = row.input.length / row.error.length;
  const squared = scaleMap(row.saliency).map((s) => s * s);
  return [
    { values: row.input, width, channels },
    { values: row.reconstruction, width, channels },
    mapTile(row.saliency, width),
    mapTile(squared, width),
    mapTile(row.error, width),
  ];
}
