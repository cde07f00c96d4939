import { imageValues, type LabelledImages } from "../../data/images.ts";

/** An image, and which of its pixels are anomalous. */
export interface MaskedImage {
  /** Values 0 to 1, in row order, channel by channel in each pixel. */
  image: Float32Array;
  /** 1 where the anomaly is. */
  mask: Uint8Array;
}

/**
 * The images of each class that is not normal, in the order of the file; those
 * that are defective nowhere or everywhere are left out, and classes with fewer
 * than two others.
 *
 * @param test images with masks
 * @param options `classes`: names of all classes; `normalClasses`: labels of
 * the normal ones
 * @returns by the name of their class
 * @throws {RangeError} when the images have no masks or masks of other values
 * than 0 and 1, or no class is left
 */
export function realDefects(
  test: LabelledImages,
  { classes, normalClasses }: {
    classes: readonly string[];
    normalClasses: readonly number[];
  },
): Record<string, MaskedImage[]> {
  const { masks, labels, height, width } = test;
  if (!masks) {
    throw new RangeError("the images have no masks that say where defects are");
  }
  if (masks.some((value) => value > 1)) {
    throw new RangeError("masks are 1 where a pixel is defective, else 0");
  }
  const size = height * width;
  const kinds = classes.map((name, label) => {
    const own = Array.from(labels, (_, i) => i)
      .filter((i) => labels[i] === label && !normalClasses.includes(label));
    const images = own.map((i) => ({
      image: imageValues(test, i),
      mask: masks.subarray(i * size, (i + 1) * size),
    }));
    // Where all or nothing is defective, no map can say where.
    const telling = images.filter(({ mask }) =>
      mask.includes(1) && mask.includes(0)
    );
    return [name, telling] as const;
  }).filter(([, images]) => images.length > 1);
  if (kinds.length === 0) {
    const normal = normalClasses.map((label) => classes[label]).join(", ");
    throw new RangeError(
      "of no kind two images have masks that are white in part; give more images " +
        `or other masks, or other normal classes than ${normal}`,
    );
  }
  return Object.fromEntries(kinds);
}

/**
 * The image with the median area of defect; of an even number the larger of the
 * two in the middle.
 *
 * @param images of one kind
 * @throws {RangeError} when there is none
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const image = new Float32Array(2);
 * const [none, half, all] = [[0, 0], [0, 1], [1, 1]]
 *   .map((mask) => ({ image, mask: Uint8Array.from(mask) }));
 * assertEquals(typicalDefect([all, none, half]), half);
 * ```
 */
export function typicalDefect(images: readonly MaskedImage[]): MaskedImage {
  if (images.length === 0) throw new RangeError("there is no image");
  const area = ({ mask }: MaskedImage) => mask.filter((value) => value).length;
  const byArea = images.toSorted((a, b) => area(a) - area(b));
  return byArea[Math.floor(byArea.length / 2)];
}
