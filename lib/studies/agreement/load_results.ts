import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Results } from "./results.ts";

/** A recorded file that cannot be used. */
export class RecordError extends Error {
  override name = "RecordError";
}

/**
 * The runs that were recorded in a folder and the folders in it: every
 * results.json of `reproduce`.
 *
 * @param folder where to look
 * @returns in the order of their paths; none where there is no such folder
 * @throws {RecordError} when a results.json is damaged
 *
 * @example
 * ```ts ignore
 * const runs = await recordedRuns("../data/results/sweep");
 * await showChart(epochCurve(runs));
 * ```
 */
export async function recordedRuns(folder: string): Promise<Results[]> {
  const paths = await readdir(folder, { recursive: true }).catch((error) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const files = paths.filter((path) => /(^|[\\/])results\.json$/.test(path));
  const found = await Promise.all(
    files.sort().map((path) => readRecord(join(folder, path))),
  );
  // Other tasks write a results.json too.
  return found.filter((record) => record?.agreement && record.meanAgreement);
}

async function readRecord(path: string) {
  const text = await readFile(path, "utf8");
  try {
    return JSON.parse(text);
  } catch {
    throw new RecordError(`${path} is damaged: it is no whole JSON file`);
  }
}
