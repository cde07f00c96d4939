import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { quote } from "../weights/state_dict.ts";
import { GROUPS } from "./agreement/groups.ts";
import { countAgreements, fromCsv, type Results } from "./agreement/results.ts";
import type { ImageResult } from "./agreement/evaluation.ts";
import type { BenchmarkedModel } from "./localization/benchmark.ts";

/** What a results.json holds: its first key, `kind`. */
export type ResultKind =
  | "agreement"
  | "localization"
  | "sanity"
  | "similarity"
  | "residual"
  | "running statistics"
  | "classes";

/** A recorded file that cannot be used. */
export class RecordError extends Error {
  /** Tells these errors from others. */
  override name = "RecordError";
}

/**
 * A results.json of `reproduce` or `published`; files from before `kind` was
 * recorded are read too.
 *
 * @param path of the file
 * @throws {RecordError} when it is damaged, of another kind, or incomplete
 *
 * @example
 * ```ts ignore
 * const run = await loadResults("data/results/seed0_epochs20/results.json");
 * ```
 */
export async function loadResults(path: string): Promise<Results> {
  const record = await readRecord(path);
  const kind = kindOf(record);
  if (kind !== "agreement") {
    throw new RecordError(
      `${path} is no results.json of \`reproduce\`: it holds ${
        kind ? `results of the kind ${quote(kind)}` : "no kind of results"
      }`,
    );
  }
  return checked(record, path);
}

/**
 * The measures of each image: the per_image.csv that `reproduce` and
 * `published` write beside results.json.
 *
 * @param path of the file
 * @throws {RecordError} when it is damaged
 */
export async function loadImageResults(path: string): Promise<ImageResult[]> {
  const text = await readFile(path, "utf8");
  try {
    return fromCsv(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RecordError(`${path} cannot be used: ${error.message}`);
  }
}

/**
 * That the measures of each image are those that results sum up.
 *
 * @param results of a run
 * @param rows from the per_image.csv beside them
 * @param path of that file, for the message
 * @throws {RecordError} when they are fewer, more, or of another run
 */
export function requireRowsOf(
  { settings, agreement, counts }: Results,
  rows: readonly ImageResult[],
  path: string,
): void {
  const { normalClasses, k: ks } = settings;
  const groups = {
    normal: rows.filter(({ novel }) => !novel),
    novel: rows.filter(({ novel }) => novel),
  };
  const isSame =
    rows.every(({ label, novel }) => novel !== normalClasses.includes(label)) &&
    GROUPS.every((group) =>
      groups[group].length === counts[group] &&
      ks.every((k) =>
        String(countAgreements(groups[group], k)) ===
          String(agreement[k][group])
      )
    );
  if (isSame) return;
  throw new RecordError(
    `${path} is not of the results.json beside it, or not whole; measure the ` +
      "model again",
  );
}

/**
 * The runs that were recorded in a folder and the folders in it: every
 * results.json of `reproduce`. Those of other kinds are passed over.
 *
 * @param folder where to look
 * @returns in the order of their paths; none where there is no such folder
 * @throws {RecordError} when a results.json is damaged or incomplete
 *
 * @example
 * ```ts ignore
 * const runs = await recordedRuns("../data/results/sweep");
 * await showChart(epochCurve(runs));
 * ```
 */
export async function recordedRuns(folder: string): Promise<Results[]> {
  const records = await recordsBelow(folder, "agreement");
  return records.map(({ record, path }) => checked(record, path));
}

/**
 * The models that were localized in a folder and the folders in it: those of
 * every results.json of `localize`. Those of other kinds are passed over.
 *
 * @param folder where to look
 * @returns in the order of their paths; none where there is no such folder
 * @throws {RecordError} when a results.json is damaged or has no models
 */
export async function recordedBenchmarks(
  folder: string,
): Promise<BenchmarkedModel[]> {
  const records = await recordsBelow(folder, "localization");
  return records.flatMap(({ record, path }) =>
    listOf<BenchmarkedModel>(record, path, "models")
  );
}

/** Every results.json of a kind in a folder and the folders in it. */
async function recordsBelow(folder: string, kind: ResultKind) {
  const paths = await readdir(folder, { recursive: true }).catch((error) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const files = paths.filter((path) => /(^|[\\/])results\.json$/.test(path))
    .sort().map((path) => join(folder, path));
  const records = await Promise.all(
    files.map(async (path) => ({ path, record: await readRecord(path) })),
  );
  return records.filter(({ record }) => kindOf(record) === kind);
}

/**
 * The list that a recorded results.json of another kind holds.
 *
 * @param path of the file
 * @param kind that it should be; files from before `kind` was recorded are read
 * @param list its key
 * @throws {RecordError} when it is damaged, of another kind, or has no such list
 */
export async function loadRecord<T>(
  path: string,
  kind: ResultKind,
  list: string,
): Promise<T[]> {
  const record = await readRecord(path);
  const { kind: own = kind } = record;
  if (own !== kind) {
    throw new RecordError(
      `${path} holds results of the kind ${quote(`${own}`)}, not ${
        quote(kind)
      }`,
    );
  }
  return listOf<T>(record, path, list);
}

function listOf<T>(record: FileRecord, path: string, list: string): T[] {
  const { [list]: values } = record;
  if (Array.isArray(values) && values.length > 0) return values;
  throw new RecordError(`${path} is incomplete: it has no usable ${list}`);
}

type FileRecord = Record<string, unknown>;

async function readRecord(path: string): Promise<FileRecord> {
  const text = await readFile(path, "utf8");
  try {
    return Object(JSON.parse(text));
  } catch {
    throw new RecordError(`${path} is damaged: it is no whole JSON file`);
  }
}

/** What the file says it is; of files without a kind, whether it is a run. */
function kindOf(record: FileRecord): string | undefined {
  if (typeof record.kind === "string") return record.kind;
  if (record.kind !== undefined) return "unknown";
  return record.agreement && record.meanAgreement ? "agreement" : undefined;
}

/** The results, without their kind. */
function checked({ kind: _, ...record }: FileRecord, path: string): Results {
  const missing = firstMissing(record);
  if (!missing) return record as unknown as Results;
  throw new RecordError(
    `${path} is incomplete: it has no usable ${missing}; measure the model again`,
  );
}

/** The first part that tables and figures need and a record lacks. */
function firstMissing(record: FileRecord): string | undefined {
  const at = (path: string) =>
    path.split(".").reduce<unknown>(
      (value, key) => Object(value)[key],
      record,
    );
  const { normalClasses, k: ks, data } = Object(record.settings);
  if (!isNumbers(normalClasses)) return "settings.normalClasses";
  if (!isNumbers(ks) || ks.length === 0) return "settings.k";
  if (typeof data !== "string") return "settings.data";
  const groups = [
    "counts",
    ...ks.flatMap((k) => [`meanAgreement.${k}`, `maxDistance.${k}`]),
    "mapMse.saliency",
    "mapMse.squaredSaliency",
    "reconstructionLoss",
  ].flatMap((path) => [`${path}.normal`, `${path}.novel`]);
  const numbers = [
    ...groups,
    ...ks.map((k) => `chanceAgreement.${k}`),
    "auroc",
  ];
  const counts = ks.flatMap((k) =>
    GROUPS.map((group) => ({ k, path: `agreement.${k}.${group}` }))
  );
  const isComplete = (k: number, value: unknown) =>
    isNumbers(value) && value.length === k + 1;
  return numbers.find((path) => !Number.isFinite(at(path))) ??
    counts.find(({ k, path }) => !isComplete(k, at(path)))?.path;
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(Number.isFinite);
}
