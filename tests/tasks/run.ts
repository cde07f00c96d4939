import { assertRejects } from "@std/assert";
import type { Flag } from "../../tasks/support/flags.ts";
import { ROOT } from "../../tasks/support/process.ts";
import { callTask, exitCode, type Task } from "../../tasks/support/task.ts";

export { ROOT };

/** Starts the task in tasks/NAME.ts. */
export function start(name: string, ...args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", "--no-check", `tasks/${name}.ts`, ...args],
    cwd: ROOT,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs the task in tasks/NAME.ts to its end. */
export async function run(name: string, ...args: string[]) {
  const { code, stdout, stderr } = await start(name, ...args).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** How a task, called in this process, refuses its arguments. */
export async function refusal<Flags extends Record<string, Flag>>(
  task: Task<Flags>,
  ...args: string[]
) {
  const error = await assertRejects(() => callTask(task, args), Error);
  return { code: exitCode(error), message: error.message };
}
