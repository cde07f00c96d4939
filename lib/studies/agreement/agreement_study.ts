import { countImages, type LabelledImages } from "../../data/images.ts";
import type { OnProgress } from "../../support/progress.ts";
import type { Reconstruct } from "../../maps/maps.ts";
import { evaluate, type ImageResult } from "./evaluation.ts";
import { type Results, type ResultSettings, summarise } from "./results.ts";

/** The paper's study of one model: every image, and what they sum up to. */
export interface AgreementStudy {
  /** The measures of each test image, in their order. */
  rows: ImageResult[];
  /** What they sum up to. */
  results: Results;
}

/**
 * The paper's study (Section 4): both maps of every test image, compared by
 * every measure, and summed up for normal and novel images.
 *
 * @param reconstruct the model
 * @param test images with labels, of both groups
 * @param settings kept with the results, with the images' width; they decide the normal classes and K
 * @param options `onProgress`: called and awaited after every batch
 * @throws {RangeError} when a K is not from 1 to the number of pixels, or a
 * group has no image
 */
export async function studyAgreement(
  reconstruct: Reconstruct,
  test: LabelledImages,
  settings: ResultSettings,
  { onProgress }: { onProgress?: OnProgress } = {},
): Promise<AgreementStudy> {
  const { normalClasses, k: ks } = settings;
  const all = countImages(test);
  const rows: ImageResult[] = [];
  for (const batch of evaluate(reconstruct, test, { normalClasses, ks })) {
    rows.push(...batch);
    await onProgress?.(rows.length / all, "test images");
  }
  const results = summarise(
    rows,
    { ...settings, width: test.width },
    test.width * test.height,
  );
  return { rows, results };
}
