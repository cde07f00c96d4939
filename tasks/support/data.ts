import {
  basename,
  dirname,
  isAbsolute,
  join,
  relative,
  resolve,
} from "node:path";
import type { Dataset } from "../../lib/data/dataset.ts";
import type { LabelledImages } from "../../lib/data/images.ts";
import { DATASETS, openDataset } from "../../lib/data/mod.ts";
import { DIGITS } from "../../lib/data/mnist_data.ts";
import { ROOT } from "./process.ts";
import type { ImageShape } from "../../lib/model/image_shape.ts";
import type { RunSettings } from "../../lib/training/settings.ts";
import { PAPER } from "../../lib/training/settings.ts";
import { checkClasses } from "../../lib/data/split.ts";
import { UsageError } from "./errors.ts";
import { parseChoice, parseInteger, type Values } from "./flags.ts";

/** The flags that decide which images. */
export const DATA_FLAGS = {
  data: {
    type: "string",
    value: "NAME|DIR",
    help: `${
      Object.keys(DATASETS).join(", ")
    }, or a folder of IDX files or of pictures (default ${PAPER.data}, or the model's)`,
  },
  size: {
    type: "string",
    value: "N",
    help:
      "side of the tiles that pictures are cut into, a multiple of 4 (default the model's, or 64)",
  },
  channels: {
    type: "string",
    value: "1|3",
    help: "pictures in grey or in colour (default the model's, or 1)",
  },
} as const;

/** The flag of tasks that look at a model whose file may not tell. */
export const NORMAL_FLAG = {
  type: "string",
  value: "CLASSES",
  help: "normal classes (default: those the model learnt, or the data set's)",
} as const;

/** The data flags as they are without a word on the command line. */
export const DATA_DEFAULTS: Values<typeof DATA_FLAGS> = {
  data: undefined,
  size: undefined,
  channels: undefined,
};

/**
 * Says when the first images of a data set lack some of its classes, as they do
 * where images are sorted.
 *
 * @param labels of all images
 * @param count how many are taken
 * @param classes names of all
 */
export function noteClasses(
  labels: Uint8Array,
  count: number,
  classes: readonly string[],
) {
  const taken = new Set(labels.subarray(0, count));
  const all = new Set(labels);
  if (taken.size === all.size) return;
  const names = [...taken].map((label) => classes[label]).join(", ");
  console.error(
    `note: the first ${count} test images are ${names} alone, ` +
      `${taken.size} of ${all.size} classes; take more with --images`,
  );
}

/** Of pictures, where no model and no flag says more. */
const TILE = { size: 64, channels: 1 };

/**
 * The data set that flags name, or the one that a model was trained on; pictures
 * as the model takes them, where no flag says otherwise.
 *
 * @throws {UsageError} when a flag is out of range, or results would go into
 * the folder of images
 * @throws {DataError} when there is no such data set, or its folder is not as
 * it should be
 */
export async function openData(
  flags: Values<typeof DATA_FLAGS> & { out?: string },
  { data = PAPER.data, shape }: Partial<RunSettings> = {},
): Promise<Dataset> {
  const size = flags.size === undefined
    ? shape?.height ?? TILE.size
    : parseInteger("size", flags.size, [4, 1024]);
  const channels = flags.channels === undefined
    ? shape?.channels ?? TILE.channels
    : Number(parseChoice("channels", flags.channels, ["1", "3"]));
  const name = flags.data ?? pathOf(data);
  if (!isName(name)) await requireApart(flags.out, name);
  const dataset = flags.data === undefined
    ? await openRecorded(data, size, channels)
    : await open(flags.data, size, channels);
  requireTaken(flags, dataset);
  return tellingTiles(dataset);
}

/** Says what becomes of pictures, when they are read. */
function tellingTiles(dataset: Dataset): Dataset {
  const { shape: [height, width] } = dataset;
  const tell = (...parts: LabelledImages[]) => {
    const tiles = parts.flatMap(({ sources = [] }) => sources);
    const pictures = new Set(
      tiles.map((tile) => tile.replace(/, tile \d+$/, "")),
    );
    if (pictures.size === tiles.length) return;
    console.error(
      `note: of ${pictures.size} pictures come ${tiles.length} images, tiles of ` +
        `${width}×${height}; pictures of just that size are taken whole (--size)`,
    );
  };
  return {
    ...dataset,
    async load() {
      const data = await dataset.load();
      tell(data.training, data.test);
      return data;
    },
    async loadTest() {
      const test = await dataset.loadTest();
      tell(test);
      return test;
    },
  };
}

/** That the images could be had as flags say. */
function requireTaken(
  flags: Values<typeof DATA_FLAGS>,
  { name, shape: [height, , channels] }: Dataset,
) {
  for (
    const [flag, own] of Object.entries({ size: height, channels })
  ) {
    const given = flags[flag as "size" | "channels"];
    if (given === undefined || Number(given) === own) continue;
    throw new UsageError(
      `--${flag} is for folders of pictures, and the images of ${name} have ` +
        `${own}; leave it out`,
    );
  }
}

/** Results among the images would be taken for some of them. */
async function requireApart(out: string | undefined, data: string) {
  if (out === undefined) return;
  const path = relative(await realPath(data), await realPath(out));
  if (path.startsWith("..") || isAbsolute(path)) return;
  throw new UsageError(
    `--out ${out} is in the folder of images, ${data}; give another`,
  );
}

/** A path without links, as far as it is there. */
async function realPath(path: string): Promise<string> {
  const whole = resolve(path);
  const parent = dirname(whole);
  return await Deno.realPath(whole).catch(async () =>
    parent === whole ? whole : join(await realPath(parent), basename(whole))
  );
}

/** Where the data of a model's settings are: a folder is named from the project's. */
const pathOf = (name: string): string =>
  isName(name) || isAbsolute(name)
    ? name
    : relative(Deno.cwd(), resolve(ROOT, name)) || ".";

/**
 * The data set of a model's settings, which name a folder from the project's.
 *
 * @throws {DataError} when there is no such folder, or it is not as it should be
 */
export async function openRecorded(
  name: string,
  size: number,
  channels: number,
): Promise<Dataset> {
  return { ...await open(pathOf(name), size, channels), name };
}

/** Whether a text names a data set and not a folder. */
const isName = (text: string) => Object.hasOwn(DATASETS, text);

async function open(name: string, size: number, channels: number) {
  try {
    return await openDataset(name, { size, channels: channels as 1 | 3 });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(
      `--data ${name}: ${error.message} (without --size it is the height that ` +
        "the model takes)",
    );
  }
}

/**
 * Normal classes from a flag: names, or numbers where no class has that name.
 *
 * @param text with commas between them; default: the data set's own
 * @throws {UsageError} when one is no class, or none is left to be novel
 */
export function parseClasses(
  text: string | undefined,
  { classes, normalClasses }: Dataset,
): number[] {
  if (text === undefined) return [...normalClasses];
  const chosen = text.split(",").map((part) => part.trim()).map((part) =>
    classes.includes(part) || !/^\d+$/.test(part) ? part : Number(part)
  );
  try {
    return checkClasses(chosen, classes);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`--normal: ${error.message}`);
  }
}

/**
 * The normal classes of a model that is looked at: those of the flag, else
 * those it learnt, else the data set's own.
 *
 * @throws {UsageError} when the flag holds no classes, or the model learnt
 * classes that the data set does not have
 */
export function normalClassesOf(
  text: string | undefined,
  { settings }: { settings?: RunSettings },
  dataset: Dataset,
): number[] {
  if (text !== undefined || !settings) return parseClasses(text, dataset);
  const learnt = learntClasses(settings, dataset);
  if (learnt) return learnt;
  throw new UsageError(
    `the model was trained on ${settings.data}, whose classes are not those of ` +
      `${dataset.name} (${dataset.classes.join(", ")}): say with --normal ` +
      "which of these are normal, or give a model that was trained on them",
  );
}

/**
 * The classes that a model learnt, as ascending labels of a data set; undefined where
 * it does not have them all, or has no other.
 */
export function learntClasses(
  { normalClasses, classes = DIGITS }: RunSettings,
  dataset: Dataset,
): number[] | undefined {
  const labels = normalClasses.map((label) =>
    dataset.classes.indexOf(classes[label])
  );
  return labels.includes(-1) || labels.length >= dataset.classes.length
    ? undefined
    : labels.toSorted((a, b) => a - b);
}

/** Which classes of which data. */
type Taught = Pick<RunSettings, "data" | "normalClasses" | "classes">;

/**
 * What a model learnt, in words, where it is not what counts as normal when it
 * is tested.
 *
 * @param learnt of its training
 * @param tested of the test
 */
export function learntElsewhere(
  learnt: Taught,
  tested: Taught,
): string | undefined {
  const inWords = ({ data, normalClasses, classes = DIGITS }: Taught) =>
    `${normalClasses.map((label) => classes[label]).join(", ")} of ${data}`;
  return inWords(learnt) === inWords(tested) ? undefined : inWords(learnt);
}

/**
 * That a model takes the images of a data set.
 *
 * @throws {UsageError} when it has another shape
 */
export function requireShape(
  { shape: { height, width, channels } }: { shape: Readonly<ImageShape> },
  { name, shape }: Dataset,
) {
  const ours = [height, width, channels].join("×");
  if (ours === shape.join("×")) return;
  throw new UsageError(
    `the model takes images of ${ours}, but those of ${name} are ${
      shape.join("×")
    }: give a model that was trained on such images, or another --data`,
  );
}
