/** Which map finds an anomaly whose place is known? And which score a digit? */
import { requireBothGroups } from "../lib/studies/agreement/groups.ts";
import { differingSetting, trainingSplit } from "../lib/training/settings.ts";
import { detectNovelty } from "../lib/studies/localization/detection.ts";
import {
  type Images,
  type LabelledImages,
  selectImages,
} from "../lib/data/images.ts";
import type { Data, Dataset } from "../lib/data/dataset.ts";
import {
  benchmarkAnomalies,
  type BenchmarkedModel,
  inRandomOrder,
  madeAnomalies,
} from "../lib/studies/localization/benchmark.ts";
import { localizationFigure } from "../lib/figures/localization_figure.ts";
import { localizationExamples } from "../lib/studies/localization/examples.ts";
import {
  type MaskedImage,
  realDefects,
} from "../lib/studies/localization/real_defects.ts";
import { type LeftOut, leftOutTable } from "../lib/report/left_out_table.ts";
import { mean } from "../lib/statistics/mean.ts";
import {
  detectionTable,
  kindsTable,
  scoresTable,
} from "../lib/report/localization_tables.ts";
import { dataSettings } from "../lib/training/data_settings.ts";
import { duration } from "../lib/support/duration.ts";
import { UsageError } from "./support/errors.ts";
import { parseFiles, parseInteger, type Values } from "./support/flags.ts";
import { runTask, type Task } from "./support/task.ts";
import {
  DATA_FLAGS,
  learntClasses,
  learntElsewhere,
  NORMAL_FLAG,
  normalClassesOf,
  openData,
  requireShape,
} from "./support/data.ts";
import { withProgress } from "./support/progress.ts";
import { escapeMarkdown } from "../lib/report/escape_markdown.ts";
import {
  claimResults,
  loadModel,
  type OpenModel,
  OVERWRITE_FLAG,
  WEIGHTS_FLAG,
  weightsName,
} from "./support/files.ts";
import { writeFigure, writeResults } from "./support/results.ts";

const FLAGS = {
  weights: {
    ...WEIGHTS_FLAG,
    help:
      "the trained model (.safetensors, .pt, model.json), or several with commas that differ in their seeds",
  },
  ...DATA_FLAGS,
  normal: NORMAL_FLAG,
  images: {
    type: "string",
    value: "N",
    default: "2000",
    help:
      "anomalous images of each kind, at most (detection takes all test images)",
  },
  slow: {
    type: "string",
    value: "N",
    default: "200",
    help: "as many of them for maps of many passes; 0 leaves these out",
  },
  seed: {
    type: "string",
    value: "N",
    default: "0",
    help: "decides images, anomalies and noise",
  },
  out: {
    type: "string",
    value: "DIR",
    default: "data/results/latest/localization",
    path: true,
    help: "where results go",
  },
  overwrite: OVERWRITE_FLAG,
} as const;

const USAGE =
  `Puts anomalies of six kinds on normal test images, and scores how well each
map finds their pixels; then how well whole-image scores detect novel images.
Of data with masks, the real defects are looked for instead of synthetic anomalies.
Writes results.json, table.md and a figure: one image of each kind with maps of
the first model. Of several models the tables show the mean.

usage: deno task localize [flags]`;

/** What is measured of one model. */
interface Measured extends BenchmarkedModel {
  weights: string;
}

interface Plan {
  /** Images of each kind. */
  count: number;
  /** As many for maps of many passes. */
  slow: number;
  seed: number;
}

async function localize(flags: Values<typeof FLAGS>): Promise<void> {
  const started = performance.now();
  const count = parseInteger("images", flags.images, [2, 10_000]);
  const slow = Math.min(parseInteger("slow", flags.slow, [0, 10_000]), count);
  if (slow === 1) throw new UsageError("--slow takes 0, or 2 and more");
  const seed = parseInteger("seed", flags.seed, [0, 2 ** 32 - 1]);
  const plan = { count, slow, seed };
  const files = parseFiles("weights", flags.weights);
  const models = await Promise.all(files.map(loadModel));
  requireReplicates(models);
  const dataset = await openData(flags, {
    ...models[0].settings,
    shape: models[0].shape,
  });
  models.forEach((model) => requireShape(model, dataset));
  const normal = models.map((model) =>
    normalClassesOf(flags.normal, model, dataset)
  );
  using _claim = await claimResults(flags.out, flags.overwrite);
  const data = await dataset.load();
  // Only of pictures that were cut it is known where they are from.
  if (!data.test.masks && data.test.sources) {
    console.error(
      `note: ${dataset.name} has no masks, so anomalies are made; to detect, ` +
        "every tile of a defective picture counts as novel",
    );
  }
  const anomalies = await anomaliesOf(data.test, dataset, {
    ...{ ...plan, normalClasses: normal[0] },
  });
  const { width, channels } = data.test;
  const examples = localizationExamples(models[0], anomalies.shown, {
    ...{ width, channels, seed },
  });
  const figure = await localizationFigure(examples, { width, channels });
  const measured: Measured[] = [];
  for (const [i, model] of models.entries()) {
    const name = weightsName(files[i]);
    measured.push(
      await measureModel(name, model, {
        ...{ dataset, data, scored: anomalies.scored },
      }, { ...plan, normalClasses: normal[i] }),
    );
  }
  await writeFigure(`${flags.out}/figure`, figure);
  await writeResults(
    flags.out,
    { kind: "localization", settings: plan, models: measured },
    allTables(measured, dataset.classes),
  );
  const seconds = (performance.now() - started) / 1000;
  console.log(`\nwritten to ${flags.out} in ${duration(seconds)}`);
}

/** An interval over models is one over seeds: nothing else may differ. */
function requireReplicates(models: OpenModel[]) {
  if (models.length === 1) return;
  const known = models.map(({ settings }) => {
    if (settings) return settings;
    throw new UsageError(
      "--weights: of several files each must tell how it was trained, as those of " +
        "`train` do; give others one at a time",
    );
  });
  const [first, ...others] = known;
  const isOther = others.some((other) =>
    other.epochs !== first.epochs ||
    differingSetting({ ...other, seed: first.seed }, first)
  );
  const seeds = new Set(known.map(({ seed }) => seed));
  if (isOther || seeds.size < known.length) {
    throw new UsageError(
      "--weights: several models must differ in their seeds, and in nothing else",
    );
  }
}

/**
 * The images that a model learnt, or all normal ones where its file does not
 * tell, or tells of other classes.
 */
function imagesKnown(
  { settings }: OpenModel,
  { dataset, training, normalClasses }: {
    dataset: Dataset;
    training: LabelledImages;
    normalClasses: number[];
  },
): Images {
  const learnt = settings && learntClasses(settings, dataset);
  const indices = learnt
    ? trainingSplit(training.labels, { ...settings, normalClasses: learnt })
      .training
    : Array.from(training.labels, (_, i) => i)
      .filter((i) => normalClasses.includes(training.labels[i]));
  return selectImages(training, indices);
}

async function measureModel(
  name: string,
  model: OpenModel,
  { dataset, data: { training, test }, scored }: {
    dataset: Dataset;
    data: Data;
    scored: Record<string, MaskedImage[]>;
  },
  options: Plan & { normalClasses: number[] },
): Promise<Measured> {
  const { dispose, settings } = model;
  const { normalClasses } = options;
  const { model: kind, epochs, seed, passes, statistics } = settings ?? {};
  const known = imagesKnown(model, { dataset, training, normalClasses });
  const detection = await withProgress(
    `scores of images, ${name}`,
    (onProgress) =>
      detectNovelty(model, { training: known, test }, {
        normalClasses,
        onProgress,
      }),
  );
  const scores = await withProgress(
    `maps of anomalies, ${name}`,
    (onProgress) =>
      benchmarkAnomalies(model, scored, test, { ...options, onProgress }),
  );
  dispose();
  return {
    weights: name,
    model: kind,
    data: dataset.name,
    learnt: settings && learntElsewhere(settings, {
      ...dataSettings(dataset),
      normalClasses,
    }),
    ...{ passes, statistics, normalClasses, epochs, seed, detection, scores },
  };
}

/**
 * What is to be found: real defects where there are masks, else synthetic anomalies.
 * Of defects some are scored that chance decides, as neighbours in the file may
 * be pieces of one picture.
 */
async function anomaliesOf(
  test: LabelledImages,
  dataset: Dataset,
  plan: Plan & { normalClasses: number[] },
) {
  const options = { ...plan, classes: dataset.classes };
  try {
    requireBothGroups(test, plan.normalClasses);
    if (test.masks) {
      const shown = realDefects(test, options);
      return { shown, scored: inRandomOrder(shown, plan.seed) };
    }
    const made = await withProgress(
      "making anomalies",
      () => Promise.resolve(madeAnomalies(test, options)),
    );
    return { shown: made, scored: made };
  } catch (error) {
    return unsuited(dataset)(error as Error);
  }
}

/** For images on which localization cannot be scored. */
const unsuited = ({ name }: Dataset) => (error: Error): never => {
  if (!(error instanceof RangeError)) throw error;
  throw new UsageError(`${name}: ${error.message}`);
};

/** Of each score what is left without a class; of several models the means. */
function leftOutOf(measured: Measured[]): LeftOut[] {
  const scores = Object.keys(measured[0].detection);
  return scores.map((name) => {
    const own = measured.map(({ detection }) => detection[name]);
    const labels = Object.keys(own[0].withoutClass!).map(Number);
    return {
      name,
      auroc: mean(own.map(({ auroc }) => auroc.mean)),
      without: Object.fromEntries(labels.map((label) => [
        label,
        mean(own.map(({ withoutClass }) => withoutClass![label])),
      ])),
    };
  });
}

function allTables(
  measured: Measured[],
  classes: readonly string[],
): string {
  const benchmarks = measured.map(({ scores }) => scores);
  const kinds = Object.keys(Object.values(benchmarks[0])[0]).length;
  const over = benchmarks.length > 1
    ? ` of ${benchmarks.length} models (95 % bootstrap interval over their seeds)`
    : "";
  const names = measured.map(({ weights, seed }) =>
    benchmarks.length > 1
      ? `${escapeMarkdown(weights)} of seed ${seed}`
      : escapeMarkdown(weights)
  );
  return [
    `Models: ${names.join(", ")}\n`,
    `Finding anomalous pixels, mean over the ${kinds} kinds of anomaly${over}:\n`,
    scoresTable(benchmarks),
    benchmarks.length > 1
      ? `\nPixel AUROC by kind, mean${over}:\n`
      : "\nPixel AUROC by kind, mean over images (95 % interval over images):\n",
    kindsTable(benchmarks),
    `\nDetecting novel images with one score an image${over}; a threshold is the ` +
    "percentile of the scores of the training images (an FPR far from 5 and 1 % " +
    "says that other normal images score otherwise than these):\n",
    detectionTable(measured.map(({ detection }) => detection)),
    ...classes.length > 2
      ? [
        "\nAUROC without the test images of one class" +
        `${benchmarks.length > 1 ? ", means" : ""}:\n`,
        leftOutTable(leftOutOf(measured), classes),
      ]
      : [],
  ].join("\n");
}

export const localizeTask: Task<typeof FLAGS> = {
  usage: USAGE,
  flags: FLAGS,
  stopped: ({ out }) => `${out} does not hold all results yet`,
  run: localize,
};

if (import.meta.main) await runTask(localizeTask);
