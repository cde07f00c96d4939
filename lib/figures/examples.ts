import type { Figure1Row } from "./figure1.ts";
import { type LabelledImages, toBatch } from "../data/images.ts";
import { computeMaps, type Reconstruct } from "../maps/maps.ts";
import { randomStream, shuffle } from "../support/random.ts";
import { tf } from "../tensor/tensorflow.ts";

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
): Figure1Row[] {
  const batch = toBatch(images, indices);
  const maps = computeMaps(reconstruct, batch);
  const numbers = {
    input: batch.dataSync(),
    reconstruction: maps.reconstruction.dataSync(),
    saliency: maps.saliency.dataSync(),
    error: maps.error.dataSync(),
  };
  tf.dispose([batch, { ...maps }]);
  const pixels = images.width * images.height;
  return indices.map((index, i) => {
    const label = images.labels[index];
    const part = (values: ArrayLike<number>) =>
      Float32Array.from(values).subarray(i * pixels, (i + 1) * pixels);
    return {
      title: `${
        normalClasses.includes(label) ? "normal" : "novel"
      }, digit ${label}`,
      width: images.width,
      input: part(numbers.input),
      reconstruction: part(numbers.reconstruction),
      saliency: part(numbers.saliency),
      error: part(numbers.error),
    };
  });
}
