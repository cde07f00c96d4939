/** Which map finds an anomaly whose place is known? */
import { markdownTable } from "markdown-table";
import { setImmediate } from "node:timers/promises";
import {
  ANOMALIES,
  type AnomalyKind,
  makeAnomalies,
} from "../lib/anomalies/mod.ts";
import { ATTRIBUTIONS } from "../lib/attribution/mod.ts";
import type { LabelledImages } from "../lib/images.ts";
import { freeze } from "../lib/layers.ts";
import type { Reconstruct } from "../lib/maps.ts";
import { loadTest } from "../lib/mnist.ts";
import { type MapScores, mapsOf, scoreMaps } from "../lib/race.ts";
import { anomalyStream } from "../lib/random.ts";
import {
  duration,
  helpText,
  parseFlags,
  parseInteger,
  runTask,
  startProgress,
} from "./cli.ts";
import { claimFolder, loadWeights, writeAtomically } from "./files.ts";

const FLAGS = {
  weights: {
    type: "string",
    value: "FILE",
    default: "data/models/classes01234_seed0_epochs250.safetensors",
    help: "the model; its normal classes are those it was trained on",
  },
  images: {
    type: "string",
    value: "N",
    default: "200",
    help: "anomalous images of each kind",
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
map finds their pixels. Writes results.json and table.md.

usage: deno task localize [flags]`;

/** Scores by map, by kind of anomaly. */
type Race = Record<string, Record<string, MapScores>>;

const KINDS = Object.keys(ANOMALIES) as AnomalyKind[];
/** Far from the streams that draw the anomalies. */
const INTERVAL_STREAM = 20;

async function localize(args: string[]): Promise<void> {
  const started = performance.now();
  const flags = parseFlags(args, FLAGS);
  if (flags.help) return console.log(helpText(USAGE, FLAGS));
  const count = parseInteger("images", flags.images, [2, 10_000]);
  const seed = parseInteger("seed", flags.seed, [0, 2 ** 32 - 1]);
  const { weights, settings } = await loadWeights(flags.weights);
  const normalClasses = settings?.normalClasses ?? [0, 1, 2, 3, 4];
  using _claim = await claimFolder(flags.out);
  const test = await loadTest();
  const model = freeze(weights);
  const race = await run(model.reconstruct, test, {
    normalClasses,
    seed,
    count,
  });
  model.dispose();
  const description = {
    weights: flags.weights.split("/").at(-1),
    ...{ normalClasses, epochs: settings?.epochs, images: count, seed },
  };
  const tables = raceTables(race);
  await writeAtomically(
    `${flags.out}/results.json`,
    JSON.stringify({ settings: description, scores: race }, null, 1) + "\n",
  );
  await writeAtomically(`${flags.out}/table.md`, tables + "\n");
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `${count} images of each kind, ${description.weights}\n\n${tables}\n\n` +
      `written to ${flags.out} in ${duration(seconds)}`,
  );
}

async function run(
  reconstruct: Reconstruct,
  test: LabelledImages,
  options: { normalClasses: number[]; seed: number; count: number },
): Promise<Race> {
  const { seed, count } = options;
  const { width } = test;
  const names = Object.keys(ATTRIBUTIONS);
  const random = anomalyStream(seed, INTERVAL_STREAM);
  const progress = startProgress(
    "maps of anomalies",
    names.length * KINDS.length * count,
  );
  const images = KINDS.map((kind) => makeAnomalies(kind, test, options));
  let before = 0;
  const race: Race = {};
  for (const name of names) {
    race[name] = {};
    for (const [i, kind] of KINDS.entries()) {
      const maps = mapsOf(name, reconstruct, images[i], {
        ...{ width, seed },
        onProgress: (done) => progress.update(before + done, name),
      });
      before += count;
      // Lets the progress bar and Ctrl-C have their turn.
      await setImmediate();
      const masks = images[i].map(({ mask }) => mask);
      race[name][kind] = scoreMaps(maps, masks, { width, random });
    }
  }
  progress.stop();
  return race;
}

/** Pixel AUROC by kind, and the mean over kinds of every measure. */
function raceTables(race: Race): string {
  const range = ({ mean, low, high }: MapScores["pixelAuroc"]) =>
    `${mean.toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`;
  const byKind = Object.entries(race).map(([name, scores]) => [
    name,
    ...KINDS.map((kind) => range(scores[kind].pixelAuroc)),
  ]);
  const over = Object.entries(race).map(([name, scores]) => {
    const mean = (f: (scores: MapScores) => number, digits = 3) =>
      (KINDS.reduce((sum, kind) => sum + f(scores[kind]), 0) / KINDS.length)
        .toFixed(digits);
    return [
      name,
      mean((s) => s.pixelAuroc.mean),
      mean((s) => s.pooledAuroc),
      mean((s) => s.averagePrecision.mean),
      mean((s) => s.aupro),
      mean((s) => s.topKPrecision.mean),
      mean((s) => s.pointingGame.mean),
      mean((s) => s.maskDistance.mean, 2),
    ];
  });
  const align = (columns: number) => ["l", ...Array(columns).fill("r")];
  return [
    "Mean over the six kinds of anomaly:\n",
    markdownTable([
      [
        "map",
        "pixel AUROC",
        "pooled",
        "average precision",
        "AUPRO",
        "top-K precision",
        "pointing game",
        "distance, pixels",
      ],
      ...over,
    ], { align: align(7) }),
    "\nPixel AUROC by kind, mean over images (95 % interval):\n",
    markdownTable([
      ["map", ...KINDS.map((k) => k.replace("_", " "))],
      ...byKind,
    ], {
      align: align(KINDS.length),
    }),
  ].join("\n");
}

if (import.meta.main) await runTask(localize);
