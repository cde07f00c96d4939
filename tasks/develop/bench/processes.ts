/** Runs the programs that the bench times. */
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { RunError } from "../../support/cli.ts";

/** The repository's folder, where programs run. */
export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

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
export async function output(
  command: string,
  args: string[],
  threads: number = CORES,
): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args,
    cwd: ROOT,
    env: threadsEnvironment(threads),
  }).output();
  const [printed, errors] = [stdout, stderr]
    .map((bytes) => new TextDecoder().decode(bytes).trim());
  if (code === 0) return printed;
  throw new RunError(`${args[0]} failed: ${errors.split("\n").at(-1)}`);
}

/** What a program of ours prints, as JSON. */
export async function denoRun(file: string, ...args: string[]) {
  const flags = ["run", "-q", "-A", "--no-check"];
  return JSON.parse(await output(Deno.execPath(), [...flags, file, ...args]));
}
