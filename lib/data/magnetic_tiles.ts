import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DataError, type Dataset } from "./dataset.ts";
import {
  EmptyMaskError,
  type ImageFolderOptions,
  openImageFolder,
} from "./image_folder.ts";

/** Where the pictures are looked for, in this order. */
const FOLDERS = ["data/cache/magnetic-tiles", "../shared/magnetic-tiles"]
  .map((path) => fileURLToPath(new URL(`../../${path}`, import.meta.url)));

/**
 * Magnetic tiles: 952 good ones and 392 with blowholes, breaks, cracks, frays
 * or uneven surfaces, every defect drawn by hand as a mask. They lie in
 * `data/cache/magnetic-tiles` or `../shared/magnetic-tiles`; a folder elsewhere
 * is read by {@linkcode openImageFolder}.
 *
 * @param options as of {@linkcode openImageFolder}
 * @throws {DataError} when the pictures are not there
 * @see Huang, Qiu and Yuan (2020), Surface defect saliency of magnetic tile.
 * https://github.com/abin24/Magnetic-tile-defect-datasets. at commit cc4eb530
 */
export async function openMagneticTiles(
  options: ImageFolderOptions = {},
): Promise<Dataset> {
  for (const folder of FOLDERS) {
    if (!existsSync(join(folder, "MT_Free"))) continue;
    return {
      ...await openImageFolder(folder, {
        ...options,
        onUnreadable: options.onUnreadable ?? leaveOutUnmarked,
      }),
      name: "magnetic-tiles",
      title: "Magnetic tiles",
    };
  }
  throw new DataError(
    "the magnetic tiles are not in data/cache/magnetic-tiles; put the folders " +
      "MT_… there from commit cc4eb530 of " +
      "https://github.com/abin24/Magnetic-tile-defect-datasets.",
  );
}

/** Four masks are black, and two mark lines that 64 pixels cannot show. */
function leaveOutUnmarked(error: DataError) {
  if (!(error instanceof EmptyMaskError)) throw error;
}
