import type { Dataset } from "../data/dataset.ts";
import { DIGITS } from "../data/mnist_data.ts";
import { MNIST_SHAPE } from "../model/image_shape.ts";
import type { RunSettings } from "./settings.ts";

/**
 * What a run's settings say of its data: class names and shape only where they
 * are not MNIST's, and else undefined, so that they take the place of those of
 * other data.
 *
 * @param dataset that is trained on
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { mnistData } from "../data/mnist_data.ts";
 *
 * assertEquals(dataSettings(mnistData).data, "mnist-data");
 * const clothes = { data: "fashion-mnist", classes: ["shirt"] };
 * assertEquals({ ...clothes, ...dataSettings(mnistData) }.classes, undefined);
 * ```
 */
export function dataSettings(
  { name, classes, shape: [height, width, channels] }: Dataset,
): Pick<RunSettings, "data" | "classes" | "shape"> {
  const isMnist = height === MNIST_SHAPE.height &&
    width === MNIST_SHAPE.width && channels === MNIST_SHAPE.channels;
  return {
    data: name,
    classes: JSON.stringify(classes) === JSON.stringify(DIGITS)
      ? undefined
      : classes,
    shape: isMnist ? undefined : { height, width, channels },
  };
}
