import type { LocalizationExample } from "../studies/localization/examples.ts";
import { imageGrid } from "./image_grid.ts";
import { mapColorBar, mapTile } from "./map_tile.ts";

/** As the paper calls it, and short enough for a column. */
const SHORT: Record<string, string> = { "reconstruction error": "error map" };

/**
 * Anomalous images, a row a kind: image, mask and maps, each map scaled to
 * [0, 1] by its own maximum.
 *
 * @param examples from `localizationExamples()`, with the same maps
 * @param options `width`: pixels in a row; `channels` (default: 1)
 * @returns an SVG document
 */
export function localizationFigure(
  examples: readonly LocalizationExample[],
  { width, channels }: { width: number; channels?: number },
): Promise<string> {
  const maps = Object.keys(examples[0].maps);
  return imageGrid({
    columns: ["image", "mask", ...maps.map((map) => SHORT[map] ?? map)],
    rows: examples.map(({ kind, image, mask, maps }) => ({
      title: kind.replaceAll("_", " "),
      tiles: [
        { values: image, width, channels },
        { values: mask, width },
        ...Object.values(maps).map((map) => mapTile(map, width)),
      ],
    })),
    colorBars: [mapColorBar(2)],
  }, { tile: 112 });
}
