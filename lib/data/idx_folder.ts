import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Data, DataError, type Dataset } from "./dataset.ts";
import { parseIdx } from "./idx.ts";
import type { LabelledImages } from "./images.ts";

/** MNIST's names for images and labels. */
const FILES = {
  training: ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"],
  test: ["t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"],
} as const;

/** Whether a folder has one of MNIST's four files, compressed or not. */
export async function isIdxFolder(folder: string): Promise<boolean> {
  const names: string[] = [...FILES.training, ...FILES.test];
  for await (const { name } of Deno.readDir(folder)) {
    if (names.includes(name.replace(/\.gz$/, ""))) return true;
  }
  return false;
}

/**
 * A folder of four IDX files named as MNIST's, with or without `.gz`: the
 * official Fashion-MNIST, KMNIST, parts of EMNIST (whose images lie on their
 * side). The classes are named by their labels, from 0 to the largest.
 *
 * @param folder where the files are
 * @throws {DataError} when a file is missing, is no IDX file, has another
 * length than it says, or does not fit the others, or all images are of one class
 */
export async function openIdxFolder(folder: string): Promise<Dataset> {
  const data: Data = {
    training: await readPart(folder, FILES.training),
    test: await readPart(folder, FILES.test),
  };
  const { training, test } = data;
  if (training.height !== test.height || training.width !== test.width) {
    throw new DataError(
      `the training images in ${folder} are ${training.height}×` +
        `${training.width}, the test images ${test.height}×${test.width}; ` +
        "put files of one data set together",
    );
  }
  const labels = [...new Set([...training.labels, ...test.labels])]
    .sort((a, b) => a - b);
  if (labels.length < 2) {
    throw new DataError(
      `the images in ${folder} are of one class alone; some must be novel`,
    );
  }
  return {
    name: folder,
    title: basename(folder),
    classes: Array.from(
      { length: labels[labels.length - 1] + 1 },
      (_, label) => `${label}`,
    ),
    // The first half, as in the paper, of those that there are.
    normalClasses: labels.slice(0, labels.length >> 1),
    shape: [training.height, training.width, 1],
    load: () => Promise.resolve(data),
    loadTest: () => Promise.resolve(data.test),
  };
}

async function readPart(
  folder: string,
  [imageFile, labelFile]: readonly [string, string],
): Promise<LabelledImages> {
  const images = await readIdx(folder, imageFile, 3);
  const labels = await readIdx(folder, labelFile, 1);
  const [count, height, width] = images.shape;
  if (count !== labels.shape[0]) {
    throw new DataError(
      `${imageFile} in ${folder} has ${count} images, but ${labelFile} ` +
        `${labels.shape[0]} labels; download both again`,
    );
  }
  if (count * height * width === 0) {
    throw new DataError(`${imageFile} in ${folder} has no images`);
  }
  return {
    ...{ height, width, channels: 1 },
    ...{ pixels: images.values, labels: labels.values },
  };
}

async function readIdx(folder: string, name: string, axes: number) {
  const bytes = await readMaybeCompressed(folder, name);
  try {
    const idx = parseIdx(bytes);
    if (idx.shape.length === axes) return idx;
    throw new DataError(`it has ${idx.shape.length} axes, not ${axes}`);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    throw new DataError(
      `${join(folder, name)} cannot be read: ${error.message}; ` +
        "download it again",
    );
  }
}

async function readMaybeCompressed(folder: string, name: string) {
  const path = join(folder, name);
  const plain = await readIfThere(path);
  if (plain) return plain;
  const compressed = await readIfThere(`${path}.gz`);
  if (!compressed) {
    throw new DataError(
      `${folder} has no ${name} (or ${name}.gz); put MNIST's four files there`,
    );
  }
  try {
    const stream = new Blob([compressed]).stream()
      .pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    throw new DataError(`${path}.gz is damaged; download it again`);
  }
}

async function readIfThere(path: string) {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    const { code } = error as { code?: string };
    // Some archives unpack into folders named as the files.
    if (code === "ENOENT" || code === "EISDIR") return undefined;
    throw error;
  }
}
