/** Sums up runs over their seeds; the last step of sweeps. */
import { existsSync } from "node:fs";
import { labelsName } from "../lib/data/split.ts";
import { MODEL_NAMES, PAPER_MODEL } from "../lib/model/autoencoders/mod.ts";
import {
  type SeedSummary,
  smallestP,
  summariseSeeds,
} from "../lib/studies/seeds/summary.ts";
import {
  epochTable,
  findingsTable,
  measuresTable,
  placesTable,
} from "../lib/report/seed_tables.ts";
import { placesAmong } from "../lib/studies/seeds/place.ts";
import { methodsTables } from "../lib/report/methods_tables.ts";
import type { BenchmarkedModel } from "../lib/studies/localization/benchmark.ts";
import { withCaption } from "../lib/figures/chart.ts";
import { runsCaption } from "../lib/report/captions.ts";
import { PAPER } from "../lib/training/settings.ts";
import { epochCurve } from "../lib/figures/epoch_curve.ts";
import { chartToSvg } from "../lib/figures/render.ts";
import {
  loadRecord,
  loadResults,
  RecordError,
} from "../lib/studies/load_results.ts";
import { GRADIENTS } from "../lib/model/evaluation_mode.ts";
import type {
  Results,
  ResultSettings,
} from "../lib/studies/agreement/results.ts";
import { UsageError } from "./support/errors.ts";
import { parseFiles, type Values } from "./support/flags.ts";
import { runTask, type Task } from "./support/task.ts";
import { classNames } from "../lib/report/class_names.ts";
import { escapeMarkdown } from "../lib/report/escape_markdown.ts";
import { usableRecord, writeFigure } from "./support/results.ts";
import {
  finishedIn,
  makeFolder,
  OVERWRITE_FLAG,
  writeAtomically,
} from "./support/files.ts";

const FLAGS = {
  results: {
    type: "string",
    value: "FILES",
    help: "results.json files of `reproduce`, with commas between them",
  },
  beside: {
    type: "string",
    value: "FILES",
    help:
      "results.json files of other models, such as the authors': table.md tells where they lie among the seeds",
  },
  localization: {
    type: "string",
    value: "FILES",
    help:
      "results.json files of `localize`, of the same models: methods.md compares them",
  },
  out: {
    type: "string",
    value: "DIR",
    default: "data/results/latest",
    path: true,
    help: "where summary.json, table.md and the figures go",
  },
  overwrite: OVERWRITE_FLAG,
} as const;

const USAGE =
  `Sums up results over seeds: means with 95 % intervals, tests, effect sizes, and
which findings of the paper hold.

usage: deno task summarise --results FILE,FILE,… [flags]`;

async function summarise(flags: Values<typeof FLAGS>): Promise<void> {
  if (!flags.results) {
    throw new UsageError("--results takes the results.json files to sum up");
  }
  requireFree(flags);
  const runs = await Promise.all(
    parseFiles("results", flags.results).map(readResults),
  );
  const summaries = sumUp(runs);
  const sections = sectionsOf(summaries, runs);
  const beside = flags.beside ? parseFiles("beside", flags.beside) : [];
  const others = await Promise.all(beside.map(readResults));
  others.forEach((other, i) => requireSection(sections, other, beside[i]));
  const methods = flags.localization &&
    await compareMethods(
      summaries,
      parseFiles("localization", flags.localization),
    );
  await makeFolder(flags.out);
  if (existsSync(`${flags.out}/summary.json`)) await removeOld(flags.out);
  for (
    const { summaries: own, runs } of sections
  ) {
    const [{ model, normalClasses, classes, gradient }] = own;
    const name = `epochs_${model}_classes${
      labelsName(normalClasses)
    }_${gradient}`;
    const caption = `${runsCaption(own)} · ${model} autoencoder · normal: ${
      classNames(normalClasses, classes)
    }`;
    const svg = await chartToSvg(withCaption(epochCurve(runs), caption));
    await writeFigure(`${flags.out}/${name}`, svg);
  }
  const tables = sections.map((section) => tablesOf(section, others))
    .join("\n");
  await writeAtomically(`${flags.out}/table.md`, tables);
  if (methods) await writeAtomically(`${flags.out}/methods.md`, methods);
  // Last, for by it a folder counts as finished.
  await writeAtomically(
    `${flags.out}/summary.json`,
    JSON.stringify(summaries, recorded, 1) + "\n",
  );
  console.log(`${tables}\n${methods ?? ""}\nwritten to ${flags.out}`);
}

/** Not locked: a sweep, which holds its folder, sums up in there. */
function requireFree({ out, overwrite }: Values<typeof FLAGS>) {
  if (overwrite) return;
  const kept = finishedIn(out);
  if (!kept) return;
  throw new UsageError(
    `${out} holds a ${kept}: give another --out, or add --overwrite to replace what is there`,
  );
}

/** What an earlier summary left, and this one may not write anew. */
async function removeOld(folder: string) {
  for await (const { name } of Deno.readDir(folder)) {
    if (
      !/^(methods\.md|epochs_\w+_classes[\d-]+_[\w-]+\.(svg|png))$/.test(name)
    ) {
      continue;
    }
    await Deno.remove(`${folder}/${name}`);
  }
}

async function compareMethods(
  summaries: SeedSummary[],
  files: string[],
): Promise<string> {
  if (summaries.some(({ findings }) => findings.length === 0)) {
    throw new UsageError(
      "--localization: the table of methods has the paper's findings, so give --results with K = 10",
    );
  }
  const localized = await Promise.all(
    files.map((file) =>
      usableRecord(
        file,
        () => loadRecord<BenchmarkedModel>(file, "localization", "models"),
      )
    ),
  );
  try {
    const tables = methodsTables(summaries, localized.flat());
    return [
      "Do error and saliency map agree?",
      tables.agreement,
      "Which score detects novel images (AUROC)?",
      tables.detection,
      "Which map finds the pixels of an anomaly (pixel AUROC)?",
      tables.localization,
    ].join("\n\n") + "\n";
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`--localization: ${error.message}`);
  }
}

/** The keys that summary.json has always had: no ids, no data, an `interval`. */
function recorded(key: string, value: unknown): unknown {
  if (key === "id" || key === "data") return undefined;
  const { mean, low, high, ...rest } = Object(value);
  if (mean === undefined || low === undefined) return value;
  return { mean, interval: { low, high }, ...rest };
}

async function readResults(path: string): Promise<Results> {
  return await usableRecord(path, async () => {
    const results = await loadResults(path);
    requireKnown(path, results);
    return results;
  });
}

/** That a file names only models and gradients there are: paths have them. */
function requireKnown(path: string, { settings }: Results) {
  const { model = PAPER_MODEL, gradient, seed, epochs } = settings;
  const known = { model: MODEL_NAMES, gradient: GRADIENTS };
  for (const [key, value] of Object.entries({ model, gradient })) {
    const names: readonly string[] = known[key as keyof typeof known];
    if (names.includes(value)) continue;
    throw new RecordError(
      `${path} has the ${key} ${JSON.stringify(value)}, which is not one of ${
        names.join(", ")
      }`,
    );
  }
  for (const [key, value] of Object.entries({ seed, epochs })) {
    if (value === undefined || Number.isInteger(value)) continue;
    throw new RecordError(
      `${path} has the ${key} ${
        JSON.stringify(value)
      }, which is no whole number`,
    );
  }
}

function sumUp(runs: Results[]): SeedSummary[] {
  try {
    return summariseSeeds(runs);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UsageError(`--results: ${error.message}`);
  }
}

/** A part of table.md. */
interface Section {
  /** From {@linkcode sectionOf}. */
  name: string;
  /** In the order of their epochs. */
  summaries: SeedSummary[];
  runs: Results[];
}

/** Which section a summary belongs to, or a run with its settings. */
const sectionOf = (
  { model = PAPER_MODEL, normalClasses, gradient, data, ...others }:
    & Pick<ResultSettings, "model" | "normalClasses" | "gradient" | "data">
    & Unusual,
) => `${model} ${normalClasses} ${gradient} ${data}${differences(others)}`;

type Unusual = Pick<ResultSettings, "statistics" | "passes" | "learnt">;

/** Training and batch norm's statistics in words, where they are not the usual ones. */
const differences = ({ statistics, passes, learnt }: Unusual) =>
  [
    ...statistics ? [`, running statistics ${statistics}`] : [],
    ...passes ? [`, passes ${passes}`] : [],
    ...learnt ? [`, learnt ${learnt}`] : [],
  ].join("");

function sectionsOf(summaries: SeedSummary[], runs: Results[]): Section[] {
  return [...Map.groupBy(summaries, sectionOf)].map(([name, summaries]) => ({
    ...{ name, summaries },
    runs: runs.filter(({ settings }) => sectionOf(settings) === name),
  }));
}

/** That another model can be compared with the runs of a section. */
function requireSection(sections: Section[], other: Results, path: string) {
  const own = sections.find(({ name }) => name === sectionOf(other.settings));
  const ks = String(other.settings.k);
  if (own && String(own.runs[0].settings.k) === ks) return;
  throw new UsageError(
    `--beside: ${path} has no runs of its model, normal classes, gradient, data, K, training and batch norm's statistics among --results`,
  );
}

function tablesOf(
  { name, summaries: cells, runs }: Section,
  others: Results[],
): string {
  const last = cells.at(-1)!;
  const { model, normalClasses, classes, gradient, seeds, epochs, data } = last;
  return [
    `## ${model} autoencoder, normal classes ${
      escapeMarkdown(classNames(normalClasses, classes))
    }, ${gradient} gradient${differences(last)}${dataText(last)}\n`,
    seeds.length > 1
      ? `Means over the seeds ${
        seeds.join(", ")
      } (95 % bootstrap interval over ` +
        "seeds; of few seeds it is too narrow: with five it holds the true mean " +
        "about five times in six).\n"
      : `Seed ${seeds[0]}.\n`,
    epochTable(cells),
    `\nAfter ${epochs} epochs${
      data === PAPER.data ? " (the paper has 500)" : ""
    }${aboutTests(last)}:\n`,
    measuresTable(last),
    ...last.findings.length > 0
      ? [
        "\nSeeds in which the paper's findings hold:\n",
        findingsTable(cells),
      ]
      : [],
    ...others.filter(({ settings }) => sectionOf(settings) === name)
      .flatMap((other) => besideTable(runs, last, other)),
    "",
  ].join("\n");
}

/** Which data, where it is not the paper's; and what the models learnt. */
const dataText = ({ data, learnt }: SeedSummary) =>
  [
    ...data === PAPER.data ? [] : [`, on ${escapeMarkdown(data)}`],
    ...learnt ? [`, learnt: ${escapeMarkdown(learnt)}`] : [],
  ].join("");

/** Where another model lies among the runs of most epochs. */
function besideTable(
  runs: Results[],
  { epochs, seeds }: SeedSummary,
  other: Results,
): string[] {
  const last = runs.filter(({ settings }) => settings.epochs === epochs);
  const name = escapeMarkdown(other.settings.weights ?? "the other model");
  return [
    `\nAmong ${seeds.length} seeds of ${epochs} epochs, ${name}:\n`,
    placesTable(placesAmong(last, other), { name, seeds: seeds.length }),
  ];
}

/** What the tests of a table can say at all. */
function aboutTests({ seeds, measures }: SeedSummary): string {
  if (seeds.length < 2) return "";
  const p = smallestP(seeds.length);
  const adjusted = Math.min(1, p * measures.length);
  return `; p: paired permutation test over seeds, with ${seeds.length} of them at least ` +
    `${
      p.toPrecision(2)
    }, and adjusted for ${measures.length} measures at least ` +
    adjusted.toPrecision(2);
}

export const summariseTask: Task<typeof FLAGS> = {
  usage: USAGE,
  flags: FLAGS,
  run: summarise,
};

if (import.meta.main) await runTask(summariseTask);
