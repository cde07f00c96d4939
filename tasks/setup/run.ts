import { spawn } from "node:child_process";

/** Something is missing that the user has to provide. */
export class SetupError extends Error {
  override name = "SetupError";
}

/** Tells the user what set-up is doing. */
export function say(text: string) {
  console.error(`set-up: ${text}`);
}

/** What came of a program. */
export interface Outcome {
  ok: boolean;
  output: string;
  /** Why it failed, in one line. */
  cause: string;
}

interface Options {
  cwd?: string;
  /** Ends the program after so many seconds. */
  seconds?: number;
  /** Ends it when it prints nothing for so many seconds. */
  silence?: number;
}

/** Seconds that a download may take on a slow line. */
export const AN_HOUR = 3600;

/** Runs a program to its end, or to one of the limits. */
export function run(
  program: string,
  args: string[],
  { cwd, seconds = 600, silence }: Options = {},
): Promise<Outcome> {
  const child = spawn(program, args, {
    cwd,
    // Colour codes would hide the line that says what went wrong.
    // And pip may be told to run in virtual environments alone.
    env: {
      ...Deno.env.toObject(),
      ...{ NO_COLOR: "1", PIP_REQUIRE_VIRTUALENV: "0" },
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [output, stopped] = ["", ""];
  const stop = (reason: string) => {
    stopped = reason;
    child.kill("SIGKILL");
    // A grandchild may hold the pipes open.
    child.stdout.destroy();
    child.stderr.destroy();
  };
  const quiet = () =>
    silence === undefined ? undefined : setTimeout(
      () => stop(`no answer for ${silence} s`),
      silence * 1000,
    );
  const whole = setTimeout(
    () => stop(`not done after ${seconds} s`),
    seconds * 1000,
  );
  let waiting = quiet();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
      clearTimeout(waiting);
      waiting = quiet();
    });
  }
  return new Promise((resolve) => {
    const end = (ok: boolean, reason: string) => {
      clearTimeout(whole);
      clearTimeout(waiting);
      resolve({ ok, output, cause: stopped || cause(output) || reason });
    };
    child.on("error", (error) => end(false, error.message));
    child.on(
      "close",
      (code, signal) =>
        end(code === 0, `ended by ${signal ?? `exit code ${code}`}`),
    );
  });
}

/** The line that says what went wrong, of all that a program printed. */
export function cause(output: string): string {
  const lines = output.split("\n").map((line) => line.trim()).filter(Boolean);
  const errors = lines.filter((line) => /\berror\b/i.test(line));
  // Deno's line on an install script hides the script's own.
  return errors.find((line) => !line.startsWith("error: script ")) ??
    errors[0] ?? lines.at(-1) ?? "";
}
