import { readFile } from "node:fs/promises";
import type { ClassedRun } from "../studies/agreement/by_class.ts";
import type { Results } from "../studies/agreement/results.ts";
import type { BenchmarkedModel } from "../studies/localization/benchmark.ts";
import {
  loadRecord,
  recordedBenchmarks,
  recordedRuns,
  RecordError,
} from "../studies/load_results.ts";
import { type SeedSummary, summariseSeeds } from "../studies/seeds/summary.ts";
import type { StatisticsRow } from "../studies/running_statistics/statistics_study.ts";
import { UnavailableFileError } from "../support/checked_file.ts";
import { showMarkdown } from "./display.ts";
import { Sentence } from "./sentence.ts";

/**
 * The recorded runs in a folder.
 *
 * @param folder where `deno task sweep` or `deno task reproduce` wrote
 * @throws {Sentence} when there is none, or one is damaged
 */
export async function openRuns(folder: string): Promise<Results[]> {
  const runs = await inOneSentence(() => recordedRuns(folder));
  if (runs.length > 0) return runs;
  throw new Sentence(`there is no recorded run in ${folder}`);
}

/**
 * What the recorded runs in a folder sum up to.
 *
 * @param folder where `deno task sweep` wrote
 * @returns one a model, choice of normal classes, gradient and number of epochs
 * @throws {Sentence} when there is no run, one is damaged, or they cannot be
 * summed up
 */
export async function openSummaries(folder: string): Promise<SeedSummary[]> {
  return sumUp(await openRuns(folder), folder);
}

/**
 * {@linkcode summariseSeeds} for a notebook.
 *
 * @param runs those of the folder, or some of them
 * @param folder where they are recorded
 * @throws {Sentence} which names the folder, when they cannot be summed up
 */
export function sumUp(
  runs: readonly Results[],
  folder: string,
): SeedSummary[] {
  try {
    return summariseSeeds(runs);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Sentence(`${folder}: ${error.message}`);
  }
}

/**
 * The recorded study of batch norm's running statistics.
 *
 * @param path of its results.json
 * @throws {Sentence} when it is not there or damaged
 */
export async function openStatistics(path: string): Promise<StatisticsRow[]> {
  return await inOneSentence(() =>
    loadRecord<StatisticsRow>(path, "running statistics", "rows")
  );
}

/**
 * The recorded agreement of each class.
 *
 * @param path of its results.json
 * @throws {Sentence} when it is not there or damaged
 */
export async function openClasses(path: string): Promise<ClassedRun[]> {
  return await inOneSentence(() =>
    loadRecord<ClassedRun>(path, "classes", "runs")
  );
}

/**
 * The models of a recorded localization benchmark.
 *
 * @param path of its results.json
 * @throws {Sentence} when it is not there or damaged
 */
export async function openLocalization(
  path: string,
): Promise<BenchmarkedModel[]> {
  return await inOneSentence(() =>
    loadRecord<BenchmarkedModel>(path, "localization", "models")
  );
}

/**
 * The recorded localization benchmarks in a folder.
 *
 * @param folder with what `deno task localize` wrote, in folders of any depth
 * @throws {Sentence} when there is none, or one is damaged
 */
export async function openLocalizations(
  folder: string,
): Promise<BenchmarkedModel[]> {
  const models = await inOneSentence(() => recordedBenchmarks(folder));
  if (models.length > 0) return models;
  throw new Sentence(`there is no recorded localization in ${folder}`);
}

/**
 * One training's recorded localization benchmarks, epoch by epoch.
 *
 * @param folder as of {@linkcode openLocalizations}
 * @returns in the order of their epochs
 * @throws {Sentence} when there is none, one is damaged, or they are not of one
 * training: they differ in more than their epochs, or two have as many
 */
export async function openCourse(folder: string): Promise<BenchmarkedModel[]> {
  const models = (await openLocalizations(folder))
    .toSorted((a, b) => (a.epochs ?? 0) - (b.epochs ?? 0));
  const twice = models.find(({ epochs }, i) =>
    i > 0 && epochs === models[i - 1].epochs
  );
  const other = ONE_TRAINING.find((key) =>
    models.some((model) => String(model[key]) !== String(models[0][key]))
  );
  if (!twice && !other) return models;
  const why = twice
    ? `several models of ${twice.epochs} epochs`
    : `models that differ in their ${other}`;
  throw new Sentence(
    `${folder} has ${why}, and so is not the course of one training`,
  );
}

/** What the models of one training have in common. */
const ONE_TRAINING = [
  "model",
  "data",
  "learnt",
  "passes",
  "statistics",
  "normalClasses",
  "seed",
] as const;

/**
 * A recorded table.md.
 *
 * @param path of the file
 * @returns Markdown
 * @throws {Sentence} when it is not there
 */
export async function openTable(path: string): Promise<string> {
  return await inOneSentence(() => readFile(path, "utf8"));
}

/**
 * What a notebook can do without: where it is not there, one sentence is shown
 * in its place, and the notebook goes on.
 *
 * @param opened what is being opened
 * @returns nothing where it is not there
 */
export async function unlessMissing<T>(
  opened: Promise<T>,
): Promise<T | undefined> {
  try {
    return await opened;
  } catch (error) {
    const isExpected = error instanceof Sentence ||
      error instanceof UnavailableFileError;
    if (!isExpected) throw error;
    const message = error.message.replace(/\.$/, "");
    await showMarkdown(`${message[0].toUpperCase()}${message.slice(1)}.`);
  }
}

/** What the file system says, in words. */
const UNREADABLE: Record<string, string> = {
  ENOENT: "there is no record",
  EISDIR: "a file is to be given, and this is a folder:",
  ENOTDIR: "a folder is to be given, and this is a file:",
  EBADF: "a path is to be given, in quotation marks",
  ERR_INVALID_ARG_TYPE: "a path is to be given, in quotation marks",
};

async function inOneSentence<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof RecordError) throw new Sentence(error.message);
    const { code, path } = error as { code?: string; path?: string };
    const sentence = UNREADABLE[code ?? ""];
    if (sentence) throw new Sentence(`${sentence}${path ? ` ${path}` : ""}`);
    throw error;
  }
}
