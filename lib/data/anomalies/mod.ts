/**
 * Anomalies made on normal images, so that where they are is known. The paper
 * has no such ground truth; these ask whether a map points at the place.
 *
 * @module
 */
import type { LabelledImages } from "../images.ts";
import {
  anomalyStream,
  type RandomGenerator,
  shuffle,
} from "../../support/random.ts";
import { checkClasses } from "../split.ts";
import { type Anomaly, NoRoomError, type Picture } from "./picture.ts";
import { blob } from "./blob.ts";
import { cutPaste } from "./cut_paste.ts";
import { erasedStroke } from "./erased_stroke.ts";
import { perlin } from "./perlin.ts";
import { pick } from "./ink.ts";
import { scratch } from "./scratch.ts";
import { shiftedPiece } from "./shifted_piece.ts";

export type { Anomaly, Picture, Range } from "./picture.ts";
export {
  CHANGED,
  FEWEST_PIXELS,
  LARGEST_SHARE,
  NoRoomError,
} from "./picture.ts";
export { blob, cutPaste, erasedStroke, perlin, scratch, shiftedPiece };

/** Names of the kinds of anomalies, in the order of their random streams. */
export type AnomalyKind =
  | "blob"
  | "scratch"
  | "erased_stroke"
  | "perlin"
  | "cut_paste"
  | "shifted_piece";

/** Every kind with its default sizes; only `cut_paste` looks at the donor. */
export const ANOMALIES: Record<
  AnomalyKind,
  (picture: Picture, random: RandomGenerator, donor: Picture) => Anomaly
> = {
  blob: (picture, random) => blob(picture, random),
  scratch: (picture, random) => scratch(picture, random),
  erased_stroke: (picture, random) => erasedStroke(picture, random),
  perlin: (picture, random) => perlin(picture, random),
  cut_paste: (picture, random, donor) => cutPaste(picture, random, donor),
  shifted_piece: (picture, random) => shiftedPiece(picture, random),
};

/** An anomaly, and the normal image it was put on. */
export interface PlacedAnomaly extends Anomaly {
  /** Index of the image. */
  index: number;
}

/**
 * Anomalies of one kind on normal images. The images come in an order that the
 * seed decides, the same for every kind, and come again only after all have had
 * a turn. Fewer anomalies of the same seed are the first of more.
 *
 * @param kind which anomaly
 * @param images with their labels
 * @param options
 * @param options.normalClasses labels that are normal; donors are of the others
 * @param options.classes names of all classes (default: the ten digits)
 * @param options.seed an integer from 0 to 2³²−1
 * @param options.count how many to make
 * @throws {RangeError} when there are no normal or no novel images, or all
 * normal images make the anomaly impossible; where some do, others are taken
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const pixels = new Uint8Array(2 * 144); // Two black images of 12 × 12.
 * const images = { pixels, width: 12, height: 12, channels: 1, labels: Uint8Array.of(0, 7) };
 * const options = { normalClasses: [0], seed: 0, count: 3 };
 * const anomalies = makeAnomalies("scratch", images, options);
 * assertEquals(anomalies.map(({ index }) => index), [0, 0, 0]);
 * ```
 */
export function makeAnomalies(
  kind: AnomalyKind,
  images: LabelledImages,
  { normalClasses, classes, seed, count }: {
    normalClasses: readonly number[];
    classes?: readonly string[];
    seed: number;
    count: number;
  },
): PlacedAnomaly[] {
  const chosen = checkClasses(normalClasses, classes);
  const indices = Array.from(images.labels, (_, i) => i);
  const isNormal = (i: number) => chosen.includes(images.labels[i]);
  const normal = shuffle(indices.filter(isNormal), anomalyStream(seed));
  const novel = indices.filter((i) => !isNormal(i));
  if (normal.length === 0 || novel.length === 0) {
    throw new RangeError("give images of normal and of novel classes");
  }
  const stream = 1 + Object.keys(ANOMALIES).indexOf(kind);
  const random = anomalyStream(seed, stream);
  let tried = 0;
  return Array.from({ length: count }, () => {
    // Some pictures have no room for it, as those without ink: the next one.
    for (let failures = 1;; failures++) {
      const index = normal[tried++ % normal.length];
      const donor = pictureOf(images, pick(random, novel));
      try {
        const made = ANOMALIES[kind](pictureOf(images, index), random, donor);
        return { ...made, index };
      } catch (error) {
        if (!(error instanceof NoRoomError)) throw error;
        if (failures < normal.length) continue;
        throw new RangeError(
          `no normal image can have the anomaly ${kind}: ${error.message}`,
        );
      }
    }
  });
}

/** One image as values 0 to 1. */
function pictureOf(
  { pixels, width, height, channels }: LabelledImages,
  index: number,
): Picture {
  const size = width * height * channels;
  const bytes = pixels.subarray(index * size, (index + 1) * size);
  return {
    pixels: Float32Array.from(bytes, (byte) => byte / 255),
    ...{ width, channels },
  };
}
