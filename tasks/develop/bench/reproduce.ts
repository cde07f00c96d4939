/** `reproduce`, from its start to its results. */
import { existsSync } from "node:fs";
import { RunError } from "../../support/errors.ts";
import type { Sample } from "./table.ts";
import { treeMemory } from "./memory.ts";
import { ROOT } from "../../support/process.ts";
import { CORES, threadsEnvironment } from "./processes.ts";

/** Milliseconds between looks at memory, which slow the program a little. */
const MEMORY_INTERVAL = 50;
const INTERVAL = 5;

/**
 * Runs a program that writes results.json into `--out`.
 *
 * @returns `reproduce`, ms until the file is there, and `peak`, MB in all
 * @throws {RunError} when it fails
 */
export async function timeReproduce(
  command: string,
  args: string[],
): Promise<Sample> {
  const out = await Deno.makeTempDir();
  const started = performance.now();
  const child = new Deno.Command(command, {
    args: [...args, "--out", out],
    cwd: ROOT,
    env: threadsEnvironment(CORES),
    stdout: "null",
    stderr: "null",
  }).spawn();
  let [reproduce, peak, looked, running] = [NaN, 0, -Infinity, true];
  const ended = child.status.finally(() => running = false);
  while (running) {
    const now = performance.now();
    if (isNaN(reproduce) && existsSync(`${out}/results.json`)) {
      reproduce = now - started;
    }
    if (now - looked >= MEMORY_INTERVAL) {
      peak = Math.max(peak, treeMemory(child.pid));
      looked = now;
    }
    await new Promise((resolve) => setTimeout(resolve, INTERVAL));
  }
  const { code } = await ended;
  if (isNaN(reproduce) && existsSync(`${out}/results.json`)) {
    reproduce = performance.now() - started;
  }
  await Deno.remove(out, { recursive: true });
  if (code !== 0) throw new RunError(`${args.join(" ")} failed`);
  return { reproduce, peak };
}
