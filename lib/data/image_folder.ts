import { readFile } from "node:fs/promises";
import { basename, relative } from "node:path";
import { type Data, DataError, type Dataset } from "./dataset.ts";
import { decodeImage, decodeMask } from "./decode_image.ts";
import {
  findPictures,
  type Picture,
  type Pictures,
} from "./image_folder_layouts.ts";
import type { Images, LabelledImages } from "./images.ts";
import { cutTiles } from "./tiles.ts";

/** The mask of a defective picture marks no pixel, or none at the tiles' size. */
export class EmptyMaskError extends DataError {
  /** Tells these errors from others. */
  override name = "EmptyMaskError";
}

/** How a folder of pictures becomes images. */
export interface ImageFolderOptions {
  /** Side of a tile in pixels, a multiple of 4 (default: 64). */
  size?: number;
  /** 1 for grey, 3 for colour (default: 1). */
  channels?: 1 | 3;
  /**
   * Called with each picture that cannot be read, and the others are loaded;
   * default: the first such picture is an error.
   */
  onUnreadable?: (error: DataError) => void;
}

/** Values of a mask from here are defective. */
const MASKED = 128;

/**
 * A folder of PNG or JPEG pictures of any sizes, in one of the two layouts of
 * {@linkcode findPictures}.
 *
 * Pictures are cut by {@linkcode cutTiles}. Without any mask in the folder, all
 * tiles of a defective picture count as defective. Masks are white where the picture
 * is defective (from half of full brightness; transparent is black), and scaled
 * and cut alike; tiles of defective pictures without
 * a masked pixel are left out. Class 0 is the good one; the others follow in
 * the order of their names.
 *
 * @param folder where they are
 * @throws {RangeError} when the size is no multiple of 4, or channels not 1 or 3
 * @throws {DataError} when there are no good pictures, a class has no test
 * picture, a picture is of another format, or pictures and masks do not belong
 * together; `load()` also throws
 * it for a picture that cannot be read, or whose mask has another size or marks
 * nothing
 * @see Bergmann et al. (2021), The MVTec Anomaly Detection Dataset
 */
export async function openImageFolder(
  folder: string,
  { size = 64, channels = 1, onUnreadable }: ImageFolderOptions = {},
): Promise<Dataset> {
  if (!Number.isInteger(size / 4) || size < 4) {
    throw new RangeError(
      `the size of tiles is a multiple of 4; ${size} is not`,
    );
  }
  if (channels !== 1 && channels !== 3) {
    throw new RangeError(`channels are 1 or 3; ${channels} are neither`);
  }
  const pictures = await findPictures(folder);
  check(folder, pictures);
  const options = { size, channels, onUnreadable };
  return {
    name: folder,
    title: basename(folder),
    classes: pictures.classes,
    normalClasses: [0],
    shape: [size, size, channels],
    loadTest: () => readTiles(folder, pictures.test, options),
    load: async (): Promise<Data> => ({
      training: await readTiles(folder, pictures.training, options),
      test: await readTiles(folder, pictures.test, options),
    }),
  };
}

/** Labels are bytes. */
const MOST_CLASSES = 256;

function check(folder: string, { classes, training, test }: Pictures) {
  if (training.length === 0) {
    throw new DataError(
      `${folder} has no good pictures to train on; put PNG or JPEG files there`,
    );
  }
  if (classes.length > MOST_CLASSES) {
    throw new DataError(
      `${folder} has ${classes.length} folders of pictures; at most ${MOST_CLASSES} can be told apart`,
    );
  }
  if (classes.length < 2) {
    throw new DataError(
      `${folder} has no folder of defective pictures, which the test needs; put ` +
        "one at least beside the good ones, into a folder of its kind",
    );
  }
  for (const [label, name] of classes.entries()) {
    if (!test.some((picture) => picture.label === label)) {
      throw new DataError(
        `the class ${name} in ${folder} has no test picture; add some` +
          (label === 0 ? ` (of ten good ones, one is for testing)` : ""),
      );
    }
  }
}

/** A tile of a picture. */
interface PictureTile {
  pixels: Uint8Array;
  mask: Uint8Array;
  /** Which tile of its picture, from 0. */
  place: number;
}

async function readTiles(
  folder: string,
  pictures: Picture[],
  options:
    & Required<Pick<ImageFolderOptions, "size" | "channels">>
    & ImageFolderOptions,
): Promise<LabelledImages> {
  const { size, channels, onUnreadable } = options;
  const tiles: (PictureTile & { label: number; source: string })[] = [];
  for (const picture of pictures) {
    const path = relative(folder, picture.path);
    try {
      for (const tile of await tilesOf(picture, size, channels)) {
        const source = `${path}, tile ${tile.place}`;
        tiles.push({ ...tile, label: picture.label, source });
      }
    } catch (error) {
      if (!(error instanceof DataError) || !onUnreadable) throw error;
      onUnreadable(error);
    }
  }
  const join = (parts: Uint8Array[], length: number) => {
    const whole = new Uint8Array(parts.length * length);
    parts.forEach((part, i) => whole.set(part, i * length));
    return whole;
  };
  return {
    ...{ height: size, width: size, channels },
    pixels: join(tiles.map(({ pixels }) => pixels), size * size * channels),
    labels: Uint8Array.from(tiles, ({ label }) => label),
    sources: tiles.map(({ source }) => source),
    ...pictures.some(({ mask }) => mask) &&
      { masks: join(tiles.map(({ mask }) => mask), size * size) },
  };
}

async function tilesOf(
  { path, mask }: Picture,
  size: number,
  channels: 1 | 3,
): Promise<PictureTile[]> {
  const image = await readFileWith(
    (bytes) => decodeImage(bytes, { channels }),
    path,
  );
  const tiles = split(cutTiles(image, size));
  if (!mask) {
    const none = new Uint8Array(size * size);
    return tiles.map((pixels, place) => ({ pixels, mask: none, place }));
  }
  const drawn = await readFileWith(decodeMask, mask);
  if (drawn.height !== image.height || drawn.width !== image.width) {
    throw new DataError(
      `the mask ${mask} is ${drawn.height}×${drawn.width}, but its picture ` +
        `${image.height}×${image.width}; make them equal`,
    );
  }
  requireBlackAndWhite(drawn, mask);
  const white = drawn.pixels.map((value) => value >= MASKED ? 255 : 0);
  const masks = split(cutTiles({ ...drawn, pixels: white }, size))
    .map((tile) => tile.map((value) => value >= MASKED ? 1 : 0));
  if (!masks.some((tile) => tile.includes(1))) {
    throw new EmptyMaskError(
      `the mask ${mask} marks nothing in tiles of ${size}×${size}: mark defects ` +
        "in white, or take larger tiles where they are thin",
    );
  }
  return tiles
    .map((pixels, place) => ({ pixels, mask: masks[place], place }))
    .filter((tile) => tile.mask.includes(1));
}

/** Values between black and white that count as drawn, and as black. */
const GREYS = Array.from({ length: MASKED - 24 }, (_, i) => 24 + i);
/** As much of one grey as soft edges do not have. */
const FLAT = { pixels: 100, share: 1 / 20 };

/** That no part of a mask is drawn in one grey, or in a colour, that counts as black. */
function requireBlackAndWhite({ pixels }: Images, path: string) {
  const counts: number[] = Array(256).fill(0);
  for (const value of pixels) counts[value]++;
  const white = counts.slice(MASKED).reduce((a, b) => a + b);
  const flat = GREYS.find((grey) =>
    counts[grey] >= FLAT.pixels && counts[grey] >= FLAT.share * white
  );
  if (flat === undefined || white === 0) return; // or it marks nothing
  throw new DataError(
    `the mask ${path} has ${counts[flat]} pixels of the grey ${flat}, which ` +
      "would count as not defective: draw all defects in white, the rest in black",
  );
}

function split({ height, width, channels, pixels }: Images): Uint8Array[] {
  const length = height * width * channels;
  return Array.from(
    { length: pixels.length / length },
    (_, i) => pixels.subarray(i * length, (i + 1) * length),
  );
}

async function readFileWith(
  decode: (bytes: Uint8Array) => Images,
  path: string,
): Promise<Images> {
  const unreadable = (why: string) =>
    new DataError(`the picture ${path} cannot be read: ${why}`);
  const bytes = await readFile(path).catch((error) => {
    throw unreadable(error.code === "ENOENT" ? "it is not there" : error.code);
  });
  try {
    return decode(bytes);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw unreadable(error.message);
  }
}
