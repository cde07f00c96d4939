/**
 * The data sets: one file each, and any folder of IDX files or pictures.
 *
 * @module
 */
import { isAbsolute, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { DataError, type Dataset } from "./dataset.ts";
import { fashionMnist } from "./fashion_mnist.ts";
import { isIdxFolder, openIdxFolder } from "./idx_folder.ts";
import { type ImageFolderOptions, openImageFolder } from "./image_folder.ts";
import { openMagneticTiles } from "./magnetic_tiles.ts";
import { mnist } from "./mnist.ts";
import { mnistData } from "./mnist_data.ts";

/** The data sets with a name, and how each is opened. */
export const DATASETS: Readonly<
  Record<string, (options?: ImageFolderOptions) => Promise<Dataset>>
> = {
  "mnist-data": () => Promise.resolve(mnistData),
  "mnist": () => Promise.resolve(mnist),
  "fashion-mnist": () => Promise.resolve(fashionMnist),
  "magnetic-tiles": openMagneticTiles,
};

/**
 * Opens a data set.
 *
 * @param nameOrFolder a name in {@linkcode DATASETS}, or a folder of IDX files
 * or of pictures; `./mnist` is a folder even if a data set has that name
 * @param options how pictures become tiles; other data sets have their own size
 * @returns the data set; a folder has one name however it is typed, from the
 * project's folder (`./data/tiles`) or, outside of it, from the root
 * @throws {DataError} when it is neither, or the folder is not as it should be
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const { title, shape } = await openDataset("mnist-data");
 * assertEquals([title, ...shape], ["MNIST", 28, 28, 1]);
 * ```
 */
export async function openDataset(
  nameOrFolder: string,
  options: ImageFolderOptions = {},
): Promise<Dataset> {
  if (Object.hasOwn(DATASETS, nameOrFolder)) {
    return await DATASETS[nameOrFolder](options);
  }
  const isFolder = await Deno.stat(nameOrFolder)
    .then((info) => info.isDirectory, () => false);
  if (!isFolder) {
    throw new DataError(
      `${nameOrFolder} is no folder and none of the data sets ` +
        Object.keys(DATASETS).join(", "),
    );
  }
  const dataset = await isIdxFolder(nameOrFolder)
    ? await openIdxFolder(nameOrFolder)
    : await openImageFolder(nameOrFolder, options);
  return { ...dataset, name: folderName(nameOrFolder) };
}

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));

function folderName(typed: string): string {
  const path = relative(PROJECT, resolve(typed));
  const isOutside = isAbsolute(path) || path.split(/[\\/]/)[0] === "..";
  return isOutside ? resolve(typed) : `./${path}`;
}
