import { svgToPng } from "../../lib/figures/render.ts";
import {
  RecordError,
  type ResultKind,
} from "../../lib/studies/load_results.ts";
import { UsageError } from "./errors.ts";
import { reason, writeAtomically } from "./files.ts";

/**
 * Writes what a task measured: `results.json` for programs, `table.md` for
 * people, who see it on the screen as well.
 *
 * @param folder to write to
 * @param results of one kind, as JSON
 * @param tables Markdown
 */
export async function writeResults(
  folder: string,
  results: { kind: ResultKind } & Record<string, unknown>,
  tables: string,
): Promise<void> {
  const json = JSON.stringify(results, null, 1);
  await writeAtomically(`${folder}/table.md`, `${tables}\n`);
  // Last, for by it a folder counts as finished.
  await writeAtomically(`${folder}/results.json`, `${json}\n`);
  console.log(tables);
}

/**
 * What a recorded file holds; where it cannot be used, one sentence.
 *
 * @param path of the file
 * @param load reads it
 * @throws {UsageError} when it is not there, damaged, or of another kind
 */
export async function usableRecord<T>(
  path: string,
  load: (path: string) => Promise<T>,
): Promise<T> {
  try {
    return await load(path);
  } catch (error) {
    if (error instanceof RecordError) throw new UsageError(error.message);
    throw new UsageError(`${path} cannot be read (${reason(error)})`);
  }
}

/** Writes a drawing as SVG and as PNG, to PATH.svg and PATH.png. */
export async function writeFigure(path: string, svg: string): Promise<void> {
  await writeAtomically(`${path}.svg`, svg);
  await writeAtomically(`${path}.png`, svgToPng(svg));
}
