import { readFile } from "node:fs/promises";
import { basename, extname, join, parse } from "node:path";
import { type Data, DataError, type Dataset } from "./dataset.ts";
import { decodeImage } from "./decode_image.ts";
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

/** A picture of a class; defective ones have a mask. */
interface Picture {
  label: number;
  path: string;
  mask?: string;
}

interface Pictures {
  classes: string[];
  training: Picture[];
  test: Picture[];
}

/** Share of the good pictures held out for testing: one in so many. */
const HELD_OUT = 10;
/** Values of a mask from here are defective. */
const MASKED = 128;

/**
 * A folder of PNG or JPEG pictures of any sizes, in one of two layouts:
 *
 * - that of MVTec AD: `train/good`, `test/good`, `test/KIND`, and for every
 *   picture of a kind its mask `ground_truth/KIND/NAME_mask.png`;
 * - one folder a class, the pictures in it or in its `Imgs`, and for every
 *   defective picture its mask beside it: `NAME.jpg` and `NAME.png`. The good
 *   class is the one named "good", "ok", "normal" or "free", alone or after
 *   "_". In the order of their names, every tenth good picture, from the tenth
 *   on, is held out for testing; the others are for training.
 *
 * Pictures are cut by {@linkcode cutTiles}. Without any mask in the folder, all
 * tiles of a defective picture count as defective. Masks are white where the picture
 * is defective, and scaled and cut alike; tiles of defective pictures without
 * a masked pixel are left out. Class 0 is the good one; the others follow in
 * the order of their names.
 *
 * @param folder where they are
 * @throws {RangeError} when the size is no multiple of 4, or channels not 1 or 3
 * @throws {DataError} when there are no good pictures, a class has no test
 * picture, or pictures and masks do not belong together; `load()` also throws
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
  const pictures = await isFolder(join(folder, "train"))
    ? await mvtecPictures(folder)
    : await classPictures(folder);
  check(folder, pictures);
  const options = { size, channels, onUnreadable };
  return {
    name: folder,
    title: basename(folder),
    classes: pictures.classes,
    normalClasses: [0],
    shape: [size, size, channels],
    loadTest: () => readTiles(pictures.test, options),
    load: async (): Promise<Data> => ({
      training: await readTiles(pictures.training, options),
      test: await readTiles(pictures.test, options),
    }),
  };
}

async function mvtecPictures(folder: string): Promise<Pictures> {
  const kinds = (await foldersIn(join(folder, "test")))
    .filter((kind) => kind !== "good");
  const classes = ["good", ...kinds];
  const good = async (part: string) =>
    (await picturesIn(join(folder, part, "good")))
      .map((path) => ({ label: 0, path }));
  const test: Picture[] = await good("test");
  for (const [index, kind] of kinds.entries()) {
    const masks = new Map<string, string>();
    for (const mask of await picturesIn(join(folder, "ground_truth", kind))) {
      masks.set(parse(mask).name.replace(/_mask$/i, ""), mask);
    }
    const paths = await picturesIn(join(folder, "test", kind));
    test.push(...withMasks(index + 1, paths, masks));
  }
  requireAllMasks(test);
  return { classes, training: await good("train"), test };
}

async function classPictures(folder: string): Promise<Pictures> {
  const names = await foldersIn(folder);
  const good = names.filter((name) =>
    /(^|_)(good|ok|normal|free)$/i.test(name)
  );
  if (good.length !== 1) {
    throw new DataError(
      `${folder} has ${good.length} folders of good pictures, not one; ` +
        'name it "good", or lay the pictures out as train/good and test/KIND',
    );
  }
  const classes = [good[0], ...names.filter((name) => name !== good[0])];
  const pictures: Picture[] = [];
  for (const [label, name] of classes.entries()) {
    const own = join(folder, name);
    const inner = join(own, "Imgs");
    const files = await picturesIn(await isFolder(inner) ? inner : own);
    const { paths, masks } = pairUp(files);
    pictures.push(
      ...(label === 0
        ? paths.map((path) => ({ label, path }))
        : withMasks(label, paths, masks)),
    );
  }
  requireAllMasks(pictures);
  const held = (_: Picture, i: number) => i % HELD_OUT === HELD_OUT - 1;
  const normal = pictures.filter(({ label }) => label === 0);
  return {
    classes,
    training: normal.filter((picture, i) => !held(picture, i)),
    test: [
      ...normal.filter(held),
      ...pictures.filter(({ label }) => label > 0),
    ],
  };
}

/**
 * Masks are the PNG files that have a JPEG of the same name, and those that are
 * named as a picture with `_mask` at the end.
 */
function pairUp(files: string[]) {
  const isPng = (path: string) => /\.png$/i.test(path);
  const name = (path: string) => parse(path).name;
  const jpegs = new Set(files.filter((path) => !isPng(path)).map(name));
  const names = new Set(files.map(name));
  const pictureOf = (path: string) =>
    jpegs.has(name(path)) ? name(path) : name(path).replace(/_mask$/i, "");
  const isMask = (path: string) =>
    isPng(path) &&
    // With any JPEG among them, a PNG alone is a mask that has lost its picture.
    (jpegs.size > 0 ||
      pictureOf(path) !== name(path) && names.has(pictureOf(path)));
  const masks = new Map<string, string>();
  for (const mask of files.filter(isMask)) {
    const key = pictureOf(mask);
    if (jpegs.size > 0 && !jpegs.has(key)) {
      throw new DataError(`the mask ${mask} has no picture; add or delete it`);
    }
    const other = masks.get(key);
    if (other) {
      throw new DataError(`${other} and ${mask} are masks of one picture`);
    }
    masks.set(key, mask);
  }
  return { paths: files.filter((path) => !isMask(path)), masks };
}

function withMasks(
  label: number,
  paths: string[],
  masks: ReadonlyMap<string, string>,
): Picture[] {
  const names = new Set(paths.map((path) => parse(path).name));
  for (const [name, mask] of masks) {
    if (!names.has(name)) {
      throw new DataError(`the mask ${mask} has no picture; add or delete it`);
    }
  }
  return paths.map((path) => {
    const mask = masks.get(parse(path).name);
    return { label, path, ...mask && { mask } };
  });
}

/** Masks are there for all defective pictures, or for none. */
function requireAllMasks(pictures: Picture[]) {
  if (!pictures.some(({ mask }) => mask)) return;
  const bare = pictures.find(({ label, mask }) => label > 0 && !mask);
  if (!bare) return;
  throw new DataError(
    `the defective picture ${bare.path} has no mask, but others have; ` +
      "add it, or take all masks away",
  );
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
    throw new DataError(`${folder} has no folder of defective pictures`);
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

async function readTiles(
  pictures: Picture[],
  options:
    & Required<Pick<ImageFolderOptions, "size" | "channels">>
    & ImageFolderOptions,
): Promise<LabelledImages> {
  const { size, channels, onUnreadable } = options;
  const tiles: { pixels: Uint8Array; mask: Uint8Array; label: number }[] = [];
  for (const picture of pictures) {
    try {
      tiles.push(...await tilesOf(picture, size, channels));
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
    ...pictures.some(({ mask }) => mask) &&
      { masks: join(tiles.map(({ mask }) => mask), size * size) },
  };
}

async function tilesOf(picture: Picture, size: number, channels: 1 | 3) {
  const { label, path, mask } = picture;
  const image = await readPicture(path, channels);
  const tiles = split(cutTiles(image, size));
  if (!mask) {
    const none = new Uint8Array(size * size);
    return tiles.map((pixels) => ({ pixels, mask: none, label }));
  }
  const drawn = await readPicture(mask, 1);
  if (drawn.height !== image.height || drawn.width !== image.width) {
    throw new DataError(
      `the mask ${mask} is ${drawn.height}×${drawn.width}, but its picture ` +
        `${image.height}×${image.width}; make them equal`,
    );
  }
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
    .map((pixels, i) => ({ pixels, mask: masks[i], label }))
    .filter((tile) => tile.mask.includes(1));
}

function split({ height, width, channels, pixels }: Images): Uint8Array[] {
  const length = height * width * channels;
  return Array.from(
    { length: pixels.length / length },
    (_, i) => pixels.subarray(i * length, (i + 1) * length),
  );
}

async function readPicture(path: string, channels: 1 | 3): Promise<Images> {
  const bytes = await readFile(path);
  try {
    return decodeImage(bytes, { channels });
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw new DataError(`the picture ${path} cannot be read: ${error.message}`);
  }
}

async function isFolder(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isDirectory, () => false);
}

async function foldersIn(folder: string): Promise<string[]> {
  return await namesIn(folder, (entry) => entry.isDirectory);
}

async function picturesIn(folder: string): Promise<string[]> {
  const isPicture = (name: string) =>
    /^\.(png|jpe?g)$/i.test(extname(name)) && !name.startsWith(".");
  const names = await namesIn(
    folder,
    (entry) => !entry.isDirectory && isPicture(entry.name),
  );
  return names.map((name) => join(folder, name));
}

/** In the order of their UTF-16 code units, the same on every machine. */
async function namesIn(
  folder: string,
  choose: (entry: Deno.DirEntry) => boolean,
): Promise<string[]> {
  if (!await isFolder(folder)) return [];
  const entries = await Array.fromAsync(Deno.readDir(folder));
  return entries.filter(choose).map(({ name }) => name).sort();
}
