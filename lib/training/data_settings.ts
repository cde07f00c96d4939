import type { Dataset } from "../data/dataset.ts";
import { DIGITS } from "../data/mnist_data.ts";
import { MNIST_SHAPE } from "../model/image_shape.ts";
import type { RunSettings } from "./settings.ts";

/**
 * What a run's settings say of its data: class names and shape only where they
 * are not MNIST's.
 *
 * @param dataset that is trained on
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { mnistData } from "../data/mnist_data.ts";
 *
 * assertEquals(dataSettings(mnistData), { data: "mnist-data" });
 * ```
 */
export function dataSettings(
  { name, classes, shape: [height, width, channels] }: Dataset,
): Pick<RunSettings, "data" | "classes" | "shape"> {
  const isMnist = height === MNIST_SHAPE.height &&
    width === MNIST_SHAPE.width && channels === MNIST_SHAPE.channels;
  return {
    data: name,
    ...JSON.stringify(classes) !== JSON.stringify(DIGITS) && { classes },
    ...!isMnist && { shape: { height, width, channels } },
  };
}
