/** Do the maps depend on what the model has learnt? (Adebayo et al., 2018) */
import { ReconstructionError } from "../lib/maps/reconstruction_error.ts";
import { UsageError } from "./support/errors.ts";
import { basename } from "node:path";
import { dataSettings } from "../lib/training/data_settings.ts";
import { withCaption } from "../lib/figures/chart.ts";
import { cascadeCurve } from "../lib/figures/cascade_curve.ts";
import { chartToSvg } from "../lib/figures/render.ts";
import { attributionsOf } from "../lib/maps/attribution/mod.ts";
import { freeze } from "../lib/model/evaluation_mode.ts";
import type { Autoencoder } from "../lib/model/parameters.ts";
import type { StateDict } from "../lib/weights/state_dict.ts";
import { countImages, firstImages } from "../lib/data/images.ts";
import { anomalyStream } from "../lib/support/random.ts";
import {
  layersFromOutput,
  partedRows,
  sanityCheck,
  type SanityRow,
} from "../lib/studies/sanity/randomization.ts";
import { sanityTable } from "../lib/report/similarity_tables.ts";
import { parseInteger, type Values } from "./support/flags.ts";
import { withProgress } from "./support/progress.ts";
import { runTask, type Task } from "./support/task.ts";
import {
  DATA_FLAGS,
  learntClasses,
  noteClasses,
  openData,
  requireShape,
} from "./support/data.ts";
import { escapeMarkdown } from "../lib/report/escape_markdown.ts";
import {
  claimResults,
  loadWeights,
  OVERWRITE_FLAG,
  WEIGHTS_FLAG,
} from "./support/files.ts";
import { writeFigure, writeResults } from "./support/results.ts";

const FLAGS = {
  weights: WEIGHTS_FLAG,
  ...DATA_FLAGS,
  images: {
    type: "string",
    value: "N",
    default: "1000",
    help: "the first N test images",
  },
  seed: {
    type: "string",
    value: "N",
    default: "1",
    help: "decides the random weights",
  },
  out: {
    type: "string",
    value: "DIR",
    default: "data/results/latest/sanity",
    path: true,
    help: "where results go",
  },
  overwrite: OVERWRITE_FLAG,
} as const;

const USAGE =
  `Randomises the layers of a model from the output to the input and measures how
alike its saliency and error maps stay, and the maps that look inside it; and
how like plain edges they are. Writes results.json, table.md and figures.

usage: deno task sanity [flags]`;

async function sanity(flags: Values<typeof FLAGS>): Promise<void> {
  const count = parseInteger("images", flags.images, [2, 10_000]);
  const seed = parseInteger("seed", flags.seed, [0, 2 ** 32 - 1]);
  const loaded = await loadWeights(flags.weights);
  const { weights, settings, autoencoder } = loaded;
  const dataset = await openData(flags, {
    ...settings,
    shape: autoencoder.shape,
  });
  requireShape(autoencoder, dataset);
  using _claim = await claimResults(flags.out, flags.overwrite);
  const test = await dataset.loadTest();
  const images = firstImages(test, count);
  noteClasses(test.labels, count, dataset.classes);
  const layers = layersFromOutput(autoencoder).size;
  const maps = insideMaps(weights, autoencoder);
  const rows = await withProgress("sanity check", async (onProgress) => {
    const rows: SanityRow[] = [];
    const options = { seed, random: anomalyStream(seed), maps, autoencoder };
    try {
      for (const row of sanityCheck(weights, images, options)) {
        rows.push(row);
        await onProgress(rows.length / (layers + 2), row.name);
      }
    } catch (error) {
      const isOfImages = error instanceof RangeError &&
        !(error instanceof ReconstructionError);
      if (!isOfImages) throw error;
      throw new UsageError(`images of ${dataset.name}: ${error.message}`);
    }
    return rows;
  });
  const name = basename(flags.weights);
  const { randomised } = partedRows(rows);
  const caption = `${name} · the first ${
    countImages(images)
  } test images of ${dataset.name}`;
  const draw = async (file: string, others?: string[]) =>
    await writeFigure(
      `${flags.out}/${file}`,
      await chartToSvg(withCaption(cascadeCurve(randomised, others), caption)),
    );
  await draw("cascade");
  if (maps.length > 0) await draw("cascade_others", maps);
  const description = {
    weights: name,
    ...settings,
    ...dataSettings(dataset),
    normalClasses: settings && learntClasses(settings, dataset),
    images: countImages(images),
    randomSeed: seed,
  };
  await writeResults(
    flags.out,
    { kind: "sanity", settings: description, rows },
    [
      `${
        escapeMarkdown(name)
      }, the first ${description.images} test images of ` +
      `${escapeMarkdown(dataset.name)}; ` +
      "means (95 % interval over images)",
      ...["saliency", "error", ...maps].map((map) => mapTable(rows, map)),
    ].join("\n\n"),
  );
  console.log(`\nwritten to ${flags.out}`);
}

/** The likeness of one map, under its name. */
function mapTable(rows: readonly SanityRow[], map: string): string {
  const title = { saliency: "Saliency map", error: "Error map" }[map] ?? map;
  return `${title}, likeness to that of the trained model:\n\n${
    sanityTable(rows, map)
  }`;
}

/** Names of the maps that look inside a model. */
function insideMaps(weights: StateDict, autoencoder: Autoencoder): string[] {
  const model = freeze(weights, { autoencoder });
  const found = Object.entries(attributionsOf(model))
    .filter(([, { needsLayers }]) => needsLayers).map(([name]) => name);
  model.dispose();
  return found;
}

export const sanityTask: Task<typeof FLAGS> = {
  usage: USAGE,
  flags: FLAGS,
  stopped: ({ out }) => `${out} does not hold all results yet`,
  run: sanity,
};

if (import.meta.main) await runTask(sanityTask);
