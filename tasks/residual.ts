/** Why saliency and error map differ: what comes back of the residual. */
import { firstImages } from "../lib/data/images.ts";
import { labelsName } from "../lib/data/split.ts";
import { withCaption } from "../lib/figures/chart.ts";
import { chartToSvg } from "../lib/figures/render.ts";
import { type ExampleRow, exampleRows } from "../lib/figures/examples.ts";
import { residualParts } from "../lib/figures/residual_parts.ts";
import { residualChart } from "../lib/figures/residual_chart.ts";
import { PAPER_MODEL } from "../lib/model/autoencoders/mod.ts";
import { residualTable } from "../lib/report/residual_table.ts";
import {
  correlationOverModels,
  type NamedResidualStudy,
  studyResidual,
} from "../lib/studies/residual.ts";
import { dataSettings } from "../lib/training/data_settings.ts";
import { numberText } from "../lib/statistics/estimate.ts";
import {
  DATA_FLAGS,
  NORMAL_FLAG,
  normalClassesOf,
  openData,
  requireShape,
} from "./support/data.ts";
import { UsageError } from "./support/errors.ts";
import {
  claimResults,
  loadModel,
  type OpenModel,
  OVERWRITE_FLAG,
  WEIGHTS_FLAG,
  weightsName,
} from "./support/files.ts";
import {
  parseFiles,
  parseInteger,
  requireNames,
  type Values,
} from "./support/flags.ts";
import { withProgress } from "./support/progress.ts";
import { writeFigure, writeResults } from "./support/results.ts";
import { runTask, type Task } from "./support/task.ts";

const FLAGS = {
  weights: {
    ...WEIGHTS_FLAG,
    help:
      "the trained models (.safetensors, .pt or model.json), with commas between them",
  },
  ...DATA_FLAGS,
  normal: NORMAL_FLAG,
  k: {
    type: "string",
    value: "N",
    default: "10",
    help: "pixels in the top-K agreement",
  },
  images: {
    type: "string",
    value: "N",
    default: "2000",
    help: "the first N test images",
  },
  out: {
    type: "string",
    value: "DIR",
    default: "data/results/latest/residual",
    path: true,
    help: "where results go",
  },
  overwrite: OVERWRITE_FLAG,
} as const;

const USAGE =
  `Tells why saliency and error map differ. With the residual r = x − g(f(x)) and
the model's Jacobian J the error map of an image in grey is r², and the saliency
map |r − Jᵀr| times a constant: they differ through Jᵀr alone, the residual as
the model's backward pass carries it back to the input.
Measures ‖Jᵀr‖ / ‖r‖ of each model beside the top-K agreement of its maps.
Writes results.json, table.md and figures: all models, and of the first one for
images in grey what the maps of two images are made of.

usage: deno task residual [flags]`;

/** What is measured of each model. */
interface Plan {
  count: number;
  k: number;
}

async function residual(flags: Values<typeof FLAGS>): Promise<void> {
  const count = parseInteger("images", flags.images, [10, 10_000]);
  const k = parseInteger("k", flags.k, [1, 10_000]);
  const files = parseFiles("weights", flags.weights);
  const models = await Promise.all(files.map(named));
  requireNames("weights", "model", models.map(({ name }) => name));
  using _claim = await claimResults(flags.out, flags.overwrite);
  const studies: NamedResidualStudy[] = [];
  let parts: string | undefined;
  let most = 0;
  for (const model of models) {
    const { study, examples, images } = await measure(model, flags, {
      ...{ count, k },
    });
    studies.push(study);
    // A data set may have fewer than were asked for.
    most = Math.max(most, images);
    if (model.shape.channels === 1) parts ??= await residualParts(examples);
  }
  if (parts) await writeFigure(`${flags.out}/parts`, parts);
  await writeFigure(
    `${flags.out}/figure`,
    await chartToSvg(withCaption(residualChart(studies), `K = ${k}`)),
  );
  const overModels = correlationOverModels(studies);
  await writeResults(
    flags.out,
    {
      ...{ kind: "residual", settings: { images: most, k } },
      ...{ overModels, models: studies },
    },
    [
      `The first ${most} test images; means (95 % interval over images), and ` +
      "Spearman's correlation of ratio and agreement over images:",
      residualTable(studies),
      ...overModels === null ? [] : [
        `Over these models Spearman's correlation is ${
          numberText(overModels, 2)
        } of ratio and agreement (normal images).`,
      ],
    ].join("\n\n"),
  );
  console.log(`\nwritten to ${flags.out}`);
}

/** A model, and what tells it from others in a table. */
interface NamedModel extends OpenModel {
  name: string;
  weights: string;
}

async function named(file: string): Promise<NamedModel> {
  const model = await loadModel(file);
  const weights = weightsName(file);
  const { settings } = model;
  if (!settings) return { ...model, weights, name: weights };
  const { model: kind = PAPER_MODEL, normalClasses, classes } = settings;
  const normal = classes?.length
    ? normalClasses.map((label) => classes[label]).join(", ")
    : labelsName(normalClasses);
  const name = `${kind}, normal ${normal}, seed ${settings.seed}, ` +
    `${settings.epochs} epochs`;
  return { ...model, weights, name };
}

/** One model, and how many images it was measured on. */
interface Measured {
  study: NamedResidualStudy;
  /** The typical image of each group. */
  examples: ExampleRow[];
  images: number;
}

async function measure(
  model: NamedModel,
  flags: Values<typeof FLAGS>,
  { count, k }: Plan,
): Promise<Measured> {
  const { name, weights, settings, shape } = model;
  const dataset = await openData(flags, { ...settings, shape });
  requireShape(model, dataset);
  const pixels = shape.height * shape.width;
  if (k > pixels) {
    throw new UsageError(
      `--k ${k}: the images of ${dataset.name} have ${pixels} pixels`,
    );
  }
  const normalClasses = normalClassesOf(flags.normal, model, dataset);
  const images = firstImages(await dataset.loadTest(), count);
  const found = await withProgress(
    name,
    (onProgress) =>
      studyResidual(model.reconstruct, images, {
        ...{ normalClasses, k, onProgress },
      }).catch(unsuited(name)),
  );
  const { normal, novel } = found.typical;
  const examples = exampleRows(model.reconstruct, images, [normal, novel], {
    ...{ normalClasses, classes: dataSettings(dataset).classes },
  });
  model.dispose();
  const study = {
    ...{ name, weights, k, images: images.labels.length },
    ...{ ...settings, ...dataSettings(dataset), normalClasses },
    model: settings?.model ?? PAPER_MODEL,
    ...found,
  };
  return { study, examples, images: images.labels.length };
}

/** For images that cannot be compared, or are reconstructed exactly. */
const unsuited = (name: string) => (error: Error): never => {
  if (!(error instanceof RangeError)) throw error;
  throw new UsageError(`${name}: ${error.message}`);
};

export const residualTask: Task<typeof FLAGS> = {
  usage: USAGE,
  flags: FLAGS,
  stopped: ({ out }) => `${out} does not hold all results yet`,
  run: residual,
};

if (import.meta.main) await runTask(residualTask);
