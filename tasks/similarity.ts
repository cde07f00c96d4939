/** The measures that the paper weighs against top-K agreement (Section 2.3). */
import type { Dataset } from "../lib/data/dataset.ts";
import { countImages, firstImages } from "../lib/data/images.ts";
import { compareSimilarities } from "../lib/studies/similarity/comparison.ts";
import {
  correlationTable,
  measureTable,
} from "../lib/report/similarity_tables.ts";
import { UsageError } from "./support/errors.ts";
import { parseInteger, type Values } from "./support/flags.ts";
import { runTask, type Task } from "./support/task.ts";
import { withProgress } from "./support/progress.ts";
import {
  DATA_FLAGS,
  NORMAL_FLAG,
  normalClassesOf,
  noteClasses,
  openData,
  requireShape,
} from "./support/data.ts";
import { dataSettings } from "../lib/training/data_settings.ts";
import { escapeMarkdown } from "../lib/report/escape_markdown.ts";
import {
  claimResults,
  loadModel,
  OVERWRITE_FLAG,
  WEIGHTS_FLAG,
  weightsName,
} from "./support/files.ts";
import { writeResults } from "./support/results.ts";

const FLAGS = {
  weights: {
    ...WEIGHTS_FLAG,
    help: "the trained model (.safetensors, .pt or model.json)",
  },
  ...DATA_FLAGS,
  normal: NORMAL_FLAG,
  images: {
    type: "string",
    value: "N",
    default: "10000",
    help: "the first N test images",
  },
  out: {
    type: "string",
    value: "DIR",
    default: "data/results/latest/similarity",
    path: true,
    help: "where results go",
  },
  overwrite: OVERWRITE_FLAG,
} as const;

const USAGE =
  `Compares saliency and error maps by rank correlation, SSIM and HOG beside top-K
agreement, and each measure with what it says of maps of different images.
Writes results.json and table.md.

usage: deno task similarity [flags]`;

async function similarity(flags: Values<typeof FLAGS>): Promise<void> {
  const count = parseInteger("images", flags.images, [10, 10_000]);
  const model = await loadModel(flags.weights);
  const { settings } = model;
  const dataset = await openData(flags, { ...settings, shape: model.shape });
  requireShape(model, dataset);
  const normalClasses = normalClassesOf(flags.normal, model, dataset);
  using _claim = await claimResults(flags.out, flags.overwrite);
  const test = await dataset.loadTest();
  noteClasses(test.labels, count, dataset.classes);
  const images = firstImages(test, count);
  const found = await withProgress(
    "maps and measures",
    (onProgress) =>
      compareSimilarities(model.reconstruct, images, {
        normalClasses,
        onProgress,
      }).catch(unsuited(dataset, { count, all: countImages(test) })),
  );
  model.dispose();
  const name = weightsName(flags.weights);
  const description = {
    weights: name,
    ...settings,
    ...dataSettings(dataset),
    normalClasses,
    images: countImages(images),
  };
  await writeResults(
    flags.out,
    { kind: "similarity", settings: description, ...found },
    tables(
      found,
      `${
        escapeMarkdown(name)
      }, the first ${description.images} test images of ` +
        escapeMarkdown(dataset.name),
    ),
  );
  console.log(`\nwritten to ${flags.out}`);
}

/** For images that are too few, too small or too alike to compare. */
const unsuited =
  ({ name }: Dataset, { count, all }: { count: number; all: number }) =>
  (error: Error): never => {
    if (!(error instanceof RangeError)) throw error;
    const which = count < all
      ? `the first ${count} test images`
      : "test images";
    throw new UsageError(`${which} of ${name}: ${error.message}`);
  };

function tables(
  { rows, correlations }: Awaited<ReturnType<typeof compareSimilarities>>,
  subject: string,
): string {
  return [
    `${subject}; means (95 % interval over images)\n`,
    "Likeness of saliency and error map:\n",
    measureTable(rows),
    "\nDo two measures rank images alike? Spearman's correlation over images:\n",
    correlationTable(correlations),
  ].join("\n");
}

export const similarityTask: Task<typeof FLAGS> = {
  usage: USAGE,
  flags: FLAGS,
  stopped: ({ out }) => `${out} does not hold all results yet`,
  run: similarity,
};

if (import.meta.main) await runTask(similarityTask);
