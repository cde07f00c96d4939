import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Results } from "./results.ts";

/**
 * The runs that were recorded in a folder and the folders in it: every
 * results.json of `reproduce`.
 *
 * @param folder where to look
 * @returns in the order of their paths; none where there is no such folder
 *
 * @example
 * ```ts ignore
 * const runs = await recordedRuns("../data/results/sweep");
 * await showChart(epochCurve(runs));
 * ```
 */
export async function recordedRuns(folder: string): Promise<Results[]> {
  const paths = await readdir(folder, { recursive: true }).catch(() => []);
  const files = paths.filter((path) => /(^|[\\/])results\.json$/.test(path));
  const read = async (path: string) =>
    JSON.parse(await readFile(join(folder, path), "utf8"));
  const found = await Promise.all(files.sort().map(read));
  // Other tasks write a results.json too.
  return found.filter(({ agreement, meanAgreement }) =>
    agreement && meanAgreement
  );
}
