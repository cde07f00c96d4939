import type { Figure1Row } from "./figure1.ts";
import { type LabelledImages, selectImages } from "../data/images.ts";
import { batchesOf, mapBatches } from "../maps/batches.ts";
import { computeMaps, type Reconstruct } from "../maps/maps.ts";
import { randomStream, shuffle } from "../support/random.ts";
import type { Tensor4D } from "../tensor/tensorflow.ts";

/**
 * Images to show, at random: normal ones, then novel ones, of different classes
 * as far as there are enough.
 *
 * @param labels the class of every image
 * @param options which classes are normal; `seed` decides the choice; `each`:
 * images of each group (default: 3)
 * @returns indices
 */
export function chooseExamples(
  labels: ArrayLike<number>,
  { normalClasses, seed, each = 3 }: {
    normalClasses: readonly number[];
    seed: number;
    each?: number;
  },
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

/** A row of Figure 1, with the gradient before its sign is dropped. */
export interface ExampleRow extends Figure1Row {
  /** d r̄ / d x with its sign, in the order of the input. */
  gradient: Float32Array;
}

/**
 * The rows of Figure 1 for chosen images.
 *
 * @param reconstruct the model
 * @param images with their labels
 * @param indices which of them
 * @param options which classes are normal; `classes`: names of all (default:
 * digits)
 */
export function exampleRows(
  reconstruct: Reconstruct,
  images: LabelledImages,
  indices: readonly number[],
  { normalClasses, classes }: {
    normalClasses: readonly number[];
    classes?: readonly string[];
  },
): ExampleRow[] {
  const maps = (input: Tensor4D) => {
    return { input, ...computeMaps(reconstruct, input) };
  };
  const chosen = batchesOf(selectImages(images, indices));
  return [...mapBatches(chosen, maps)].flat().map((own, i) => {
    const label = images.labels[indices[i]];
    const kind = normalClasses.includes(label) ? "normal" : "novel";
    const name = classes?.[label] ?? `digit ${label}`;
    return { title: `${kind}, ${name}`, width: images.width, ...own };
  });
}
