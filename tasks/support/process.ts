import { resolve } from "node:path";
import { onSignals } from "./signals.ts";

/** The project's folder, with a slash at its end. */
export const ROOT = resolve(import.meta.dirname!, "../..") + "/";

/** What a program came to. */
export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

type Options = Pick<Deno.CommandOptions, "cwd" | "env">;

/** The exit code that shells give where there is no such program. */
const MISSING = 127;

/**
 * Runs a program to its end, unseen.
 *
 * @param program its name or path
 * @returns what it printed; exit code 127 when it cannot be started
 */
export async function output(
  program: string,
  args: string[],
  options: Options = {},
): Promise<Outcome> {
  try {
    const command = new Deno.Command(program, {
      ...{ args, ...options, stdin: "null" },
    });
    const { code, stdout, stderr } = await command.output();
    const decoder = new TextDecoder();
    return {
      code,
      stdout: decoder.decode(stdout).trim(),
      stderr: decoder.decode(stderr).trim(),
    };
  } catch (error) {
    return { code: MISSING, stdout: "", stderr: (error as Error).message };
  }
}

/**
 * Runs a program to its end on this task's terminal. It decides what signals
 * mean: Ctrl-C reaches it by itself, SIGTERM and SIGHUP are passed on.
 *
 * @param program its name or path
 * @returns its exit code; 127 when it cannot be started
 */
export async function attend(
  program: string,
  args: string[],
  options: Options = {},
): Promise<number> {
  const stdio = { stdin: "inherit", stdout: "inherit", stderr: "inherit" };
  let child: Deno.ChildProcess | undefined;
  // From before it is there: none that comes as it starts may end us alone.
  using _signals = onSignals((signal) => {
    if (signal !== "SIGINT") child?.kill(signal);
  });
  try {
    child = new Deno.Command(program, {
      ...{ args, ...options, ...stdio } as Deno.CommandOptions,
    }).spawn();
    return (await child.status).code;
  } catch (error) {
    console.error((error as Error).message);
    return MISSING;
  }
}
