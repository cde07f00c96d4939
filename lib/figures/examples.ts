import type { Figure1Row } from "./figure1.ts";
import { type LabelledImages, selectImages } from "../data/images.ts";
import { batchesOf, mapBatches } from "../maps/batches.ts";
import { computeMaps, type Reconstruct } from "../maps/maps.ts";
import { randomStream, shuffle } from "../support/random.ts";
import type { Tensor4D } from "../tensor/tensorflow.ts";

/**
 * Images to show, at random: normal ones, then novel ones, of different digits
 * as far as there are enough.
 *
 * @param labels the digit of every image
 * @param normalClasses digits that are normal
 * @param seed decides the choice
 * @param each images of each group
 * @returns indices
 */
export function chooseExamples(
  labels: ArrayLike<number>,
  normalClasses: readonly number[],
  seed: number,
  each = 3,
): number[] {
  const order = shuffle(
    Array.from(labels, (_, i) => i),
    randomStream(seed, "figure"),
  );
  const choose = (novel: boolean) => {
    const group = order.filter((i) =>
      novel !== normalClasses.includes(labels[i])
    );
    const firsts = group.filter((i, place) =>
      group.findIndex((j) => labels[j] === labels[i]) === place
    );
    return [...new Set([...firsts, ...group])].slice(0, each)
      .sort((a, b) => labels[a] - labels[b]);
  };
  return [...choose(false), ...choose(true)];
}

/**
 * The rows of Figure 1 for chosen images.
 *
 * @param reconstruct the model
 * @param images with their labels
 * @param indices which of them
 * @param normalClasses digits that are normal
 */
export function exampleRows(
  reconstruct: Reconstruct,
  images: LabelledImages,
  indices: readonly number[],
  normalClasses: readonly number[],
  classes?: readonly string[],
): Figure1Row[] {
  const maps = (input: Tensor4D) => {
    const { reconstruction, saliency, error } = computeMaps(reconstruct, input);
    return { input, reconstruction, saliency, error };
  };
  const chosen = batchesOf(selectImages(images, indices));
  return [...mapBatches(chosen, maps)].flat().map((own, i) => {
    const label = images.labels[indices[i]];
    const kind = normalClasses.includes(label) ? "normal" : "novel";
    const name = classes?.[label] ?? `digit ${label}`;
    return { title: `${kind}, ${name}`, width: images.width, ...own };
  });
}
