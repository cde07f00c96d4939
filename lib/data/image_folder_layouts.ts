import { join, parse } from "node:path";
import { DataError } from "./dataset.ts";

/** A picture of a class; defective ones have a mask, or none of them has. */
export interface Picture {
  /** Its class: 0 is the good one. */
  label: number;
  /** Its file. */
  path: string;
  /** The file that is white where the picture is defective. */
  mask?: string;
}

/** The pictures of a folder, and what they are for. */
export interface Pictures {
  /** Names by label. */
  classes: string[];
  /** Good ones to train on. */
  training: Picture[];
  /** Good and defective ones. */
  test: Picture[];
}

/** Share of the good pictures held out for testing: one in so many. */
const HELD_OUT = 10;

/**
 * The pictures of a folder in one of two layouts:
 *
 * - that of MVTec AD: `train/good`, `test/good`, `test/KIND`, and for every
 *   picture of a kind its mask `ground_truth/KIND/NAME_mask.png`;
 * - one folder a class, the pictures in it or in its `Imgs`, and for every
 *   defective picture its mask beside it: `NAME.jpg` and `NAME.png`, or
 *   `NAME_mask.png` (or `.jpg`). The good class is the one named "good", "ok",
 *   "normal" or "free", alone or after "_". In the order of their names, every
 *   tenth good picture, from the tenth on, is held out for testing; the others
 *   are for training.
 *
 * Hidden files and folders are passed over; any other picture that is not read
 * is an error, and so is one that has the name of a mask.
 *
 * @param folder where they are
 * @throws {DataError} when there is not one class of good pictures, a picture
 * is neither PNG nor JPEG or where it is not read, or pictures and masks do not
 * belong together
 * @see Bergmann et al. (2021), The MVTec Anomaly Detection Dataset
 */
export async function findPictures(folder: string): Promise<Pictures> {
  const { read, ...pictures } = await isFolder(join(folder, "train"))
    ? await mvtecPictures(folder)
    : await classPictures(folder);
  const other = await firstOther(folder, new Set(read));
  if (other === undefined) return pictures;
  throw new DataError(
    `the picture ${other} would not be read: put it into the folder of its ` +
      "class, or move it elsewhere",
  );
}

/** Pictures, and the files that are read or rightly left out, masks included. */
interface FoundPictures extends Pictures {
  read: string[];
}

/** The first picture below a folder that is none of those. */
async function firstOther(
  folder: string,
  read: ReadonlySet<string>,
): Promise<string | undefined> {
  const other = (await picturesIn(folder)).find((path) => !read.has(path));
  if (other !== undefined) return other;
  for (const name of await foldersIn(folder)) {
    const inner = await firstOther(join(folder, name), read);
    if (inner !== undefined) return inner;
  }
}

/** Names that people give to folders of masks, and to masks. */
const MASK_FOLDER = /mask|truth|annotation|^gt$/i;
const MASK_NAME =
  /^(.+?)[-_. ]*(mask|gt|ground[-_ ]?truth|annotation|label|seg(mentation)?)[-_. ]*\d*$/i;

/** That none of the pictures has the name of another's mask. */
function requireNoMasks(paths: readonly string[], rule: string) {
  const names = new Set(paths.map((path) => parse(path).name));
  const mask = paths.find((path) =>
    names.has(parse(path).name.match(MASK_NAME)?.[1] ?? "")
  );
  if (mask === undefined) return;
  throw new DataError(
    `${mask} looks like a mask, and would be read as a picture: ${rule}`,
  );
}

const BESIDE = "name a mask NAME_mask.png, beside its picture NAME.png or .jpg";

async function mvtecPictures(folder: string): Promise<FoundPictures> {
  const kinds = (await foldersIn(join(folder, "test")))
    .filter((kind) => kind !== "good");
  const second = kinds.find((kind) => kind.toLowerCase() === "good");
  if (second) {
    throw new DataError(
      `${
        join(folder, "test", second)
      } counts as a kind of defect; name it "good"`,
    );
  }
  const classes = ["good", ...kinds];
  const good = async (part: string) =>
    (await picturesIn(join(folder, part, "good")))
      .map((path) => ({ label: 0, path }));
  const test: Picture[] = await good("test");
  const drawn = join(folder, "ground_truth");
  const misnamed = (await foldersIn(folder)).find((name) =>
    name !== "ground_truth" && MASK_FOLDER.test(name)
  );
  if (misnamed) {
    throw new DataError(
      `masks are read from ${drawn}, not from ${misnamed}; rename the folder, ` +
        "or move it elsewhere",
    );
  }
  const rule = `put it into ${join(drawn, "KIND")} as NAME_mask.png`;
  for (const [index, kind] of kinds.entries()) {
    const masks = new Masks();
    for (const mask of await picturesIn(join(drawn, kind))) {
      masks.add(parse(mask).name.replace(/_mask$/i, ""), mask);
    }
    const paths = await picturesIn(join(folder, "test", kind));
    requireNoMasks(paths, rule);
    test.push(...withMasks(index + 1, paths, masks));
  }
  if (await isFolder(drawn)) await requireKindsOf(drawn, classes, test);
  requireAllMasks(test);
  const training = await good("train");
  return {
    ...{ classes, training, test },
    // Good pictures have black masks, if any.
    read: [
      ...filesOf([...training, ...test]),
      ...await picturesIn(join(drawn, "good")),
    ],
  };
}

const filesOf = (pictures: readonly Picture[]) =>
  pictures.flatMap(({ path, mask }) => mask ? [path, mask] : [path]);

/** Masks that belong to nothing are a name mistaken, not masks to do without. */
async function requireKindsOf(
  drawn: string,
  classes: string[],
  test: Picture[],
) {
  const other = (await foldersIn(drawn)).find((name) =>
    !classes.includes(name)
  );
  if (other) {
    throw new DataError(
      `${join(drawn, other)} has masks of no kind in test (${
        classes.slice(1).join(", ")
      }); name it as its pictures' folder, or delete it`,
    );
  }
  if (test.some(({ mask }) => mask)) return;
  throw new DataError(
    `${drawn} has no mask in PNG or JPEG; add masks, or delete the folder`,
  );
}

async function classPictures(folder: string): Promise<FoundPictures> {
  const names = await foldersIn(folder);
  const drawn = names.find((name) => MASK_FOLDER.test(name));
  if (drawn) {
    throw new DataError(
      `${
        join(folder, drawn)
      } looks like a folder of masks, and would be read ` +
        `as a class: ${BESIDE}`,
    );
  }
  const good = names.filter((name) =>
    /(^|_)(good|ok|normal|free)$/i.test(name)
  );
  if (good.length !== 1) {
    const found = names.length === 0
      ? "no folders"
      : good.length === 0
      ? `the folders ${shorten(names)}, none of good pictures`
      : `${good.length} folders of good pictures, ${shorten(good)}`;
    throw new DataError(
      `${folder} has ${found}: put the good ones into one named "good" (or "ok", ` +
        '"normal", "free") and each kind of defect into another, or lay them out ' +
        "as train/good, test/good and test/KIND",
    );
  }
  const classes = [good[0], ...names.filter((name) => name !== good[0])];
  const pictures: Picture[] = [];
  const read: string[] = [];
  for (const [label, name] of classes.entries()) {
    const files = await picturesOf(join(folder, name));
    const { paths, masks } = pairUp(files);
    requireNoMasks(paths, BESIDE);
    read.push(...files);
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
    ...{ classes, read },
    training: normal.filter((picture, i) => !held(picture, i)),
    test: [
      ...normal.filter(held),
      ...pictures.filter(({ label }) => label > 0),
    ],
  };
}

/** The first few names. */
const shorten = (names: string[]) =>
  names.slice(0, 3).join(", ") + (names.length > 3 ? ", …" : "");

/** The pictures in a class's folder or in its `Imgs`; elsewhere are none. */
async function picturesOf(folder: string): Promise<string[]> {
  const inner = (await foldersIn(folder)).map((name) => join(folder, name));
  const filled: { place: string; files: string[] }[] = [];
  for (const place of [folder, ...inner]) {
    const files = await picturesIn(place);
    if (files.length > 0) filled.push({ place, files });
  }
  const read = await isFolder(join(folder, "Imgs"))
    ? join(folder, "Imgs")
    : folder;
  const other = filled.find(({ place }) => place !== read);
  if (other) {
    throw new DataError(
      `${other.place} has pictures that are not read: put them into ${read}, ` +
        "and each mask beside its picture as NAME_mask.png",
    );
  }
  return filled[0]?.files ?? [];
}

/** Masks by the names of their pictures. */
class Masks extends Map<string, string> {
  /** @throws {DataError} when the picture has another */
  add(picture: string, mask: string) {
    const other = this.get(picture);
    if (other) {
      throw new DataError(`${other} and ${mask} are masks of one picture`);
    }
    this.set(picture, mask);
  }
}

/**
 * Masks are the files that are named as another with `_mask` at the end, and
 * PNG files among JPEG ones, which have the names of their pictures.
 */
function pairUp(files: string[]) {
  const isPng = (path: string) => /\.png$/i.test(path);
  const name = (path: string) => parse(path).name;
  const stem = (path: string) => name(path).replace(/_mask$/i, "");
  const names = new Set(files.map(name));
  const isNamedMask = (path: string) =>
    stem(path) !== name(path) && names.has(stem(path));
  const jpegs = new Set(
    files.filter((path) => !isPng(path) && !isNamedMask(path)).map(name),
  );
  const isMask = (path: string) =>
    isNamedMask(path) ||
    // With any JPEG among them, a PNG alone is a mask that has lost its picture.
    isPng(path) && jpegs.size > 0;
  const masks = new Masks();
  for (const mask of files.filter(isMask)) {
    const picture = jpegs.has(name(mask)) ? name(mask) : stem(mask);
    if (jpegs.size > 0 && !jpegs.has(picture)) {
      throw isNamedMask(mask) ? lost(mask) : new DataError(
        `${mask} is a PNG file among JPEG ones, which is taken for a mask, and ` +
          "has no picture: convert the pictures to one format, or add the picture",
      );
    }
    masks.add(picture, mask);
  }
  return { paths: files.filter((path) => !isMask(path)), masks };
}

const lost = (mask: string) =>
  new DataError(`the mask ${mask} has no picture; add or delete it`);

function withMasks(label: number, paths: string[], masks: Masks): Picture[] {
  const named = new Map<string, string>();
  for (const path of paths) {
    const { name } = parse(path);
    const other = named.get(name);
    if (other && masks.has(name)) {
      throw new DataError(
        `${other} and ${path} would share the mask ${
          masks.get(name)
        }; rename one`,
      );
    }
    named.set(name, path);
  }
  for (const [name, mask] of masks) {
    if (!named.has(name)) throw lost(mask);
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

async function isFolder(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isDirectory, () => false);
}

async function foldersIn(folder: string): Promise<string[]> {
  return (await entriesIn(folder)).filter(({ isFolder }) => isFolder)
    .map(({ name }) => name);
}

async function picturesIn(folder: string): Promise<string[]> {
  const names = (await entriesIn(folder)).filter(({ isFolder }) => !isFolder)
    .map(({ name }) => name);
  const other = names.find((name) => UNREAD.test(name));
  if (other) {
    throw new DataError(
      `the picture ${join(folder, other)} is neither PNG nor JPEG; convert it`,
    );
  }
  return names.filter((name) => /\.(png|jpe?g)$/i.test(name))
    .map((name) => join(folder, name));
}

/** Pictures that are not decoded. */
const UNREAD =
  /\.(bmp|tiff?|gif|webp|jfif|jpe|jp2|heic|heif|avif|p[bgnp]m|exr)$/i;

/** In the order of their UTF-16 code units, the same on every machine. */
async function entriesIn(folder: string) {
  if (!await isFolder(folder)) return [];
  const entries = (await Array.fromAsync(Deno.readDir(folder)))
    // What file managers and archives leave beside the pictures.
    .filter(({ name }) => !name.startsWith(".") && name !== "__MACOSX");
  const found = entries.map(async ({ name, isDirectory, isSymlink }) => ({
    name,
    isFolder: isSymlink ? await isFolder(join(folder, name)) : isDirectory,
  }));
  return (await Promise.all(found))
    .sort(({ name: a }, { name: b }) => a < b ? -1 : 1);
}
