import type { LabelledImages } from "./images.ts";

/** Training and test images of one data set. */
export interface Data {
  /** What models are trained on. */
  training: LabelledImages;
  /** What they are measured on. */
  test: LabelledImages;
}

/** A data set: what is known of it before its images are read. */
export interface Dataset {
  /** As on the command line, or the folder. */
  name: string;
  /** For headings. */
  title: string;
  /** Class names; a label is an index into them. */
  classes: readonly string[];
  /** Indices of the classes that are normal unless others are chosen. */
  normalClasses: readonly number[];
  /** Height, width and channels of every image. */
  shape: readonly [height: number, width: number, channels: number];
  /**
   * Reads the images.
   *
   * @throws {DataError} when they are not there or damaged
   */
  load(): Promise<Data>;
  /** Reads the test images alone, where nothing is trained. */
  loadTest(): Promise<LabelledImages>;
}

/** Data that are missing, or not what they should be. */
export class DataError extends Error {
  /** Tells these errors from others. */
  override name = "DataError";
}
