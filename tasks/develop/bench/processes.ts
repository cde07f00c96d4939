/** Runs the programs that the bench times. */
import { availableParallelism } from "node:os";
import { output, ROOT } from "../../support/process.ts";
import { RunError } from "../../support/errors.ts";

/** How many threads each program gets, PyTorch's as ours. */
export const CORES = availableParallelism();

/** The environment of a program with so many threads. */
export function threadsEnvironment(threads: number): Record<string, string> {
  const names = [
    "OMP_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
  ];
  return Object.fromEntries(names.map((name) => [name, String(threads)]));
}

/**
 * What a program prints.
 *
 * @param command the program
 * @param args its arguments
 * @param threads default: one a core
 * @throws {RunError} when it fails, with its last line
 */
export async function printed(
  command: string,
  args: string[],
  threads: number = CORES,
): Promise<string> {
  const { code, stdout, stderr } = await output(command, args, {
    cwd: ROOT,
    env: threadsEnvironment(threads),
  });
  if (code === 0) return stdout;
  throw new RunError(`${args[0]} failed: ${stderr.split("\n").at(-1)}`);
}

/** What a program of ours prints, as JSON. */
export async function denoRun(file: string, ...args: string[]) {
  const flags = ["run", "-q", "-A", "--no-check"];
  return JSON.parse(await printed(Deno.execPath(), [...flags, file, ...args]));
}
