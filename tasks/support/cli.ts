import cliProgress from "cli-progress";
import process from "node:process";
import { parseArgs } from "node:util";

/** A mistake in how a task was called; ends it with exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** One flag of a task, for parsing and for `--help`. */
export interface Flag {
  type: "string" | "boolean";
  /** What stands for the value in `--help`, as FILE. */
  value?: string;
  default?: string;
  help: string;
}

/** The values of flags: text, or whether a switch is on. */
export type Values<Flags extends Record<string, Flag>> = {
  [Name in keyof Flags]: Flags[Name]["type"] extends "boolean" ? boolean
    : Flags[Name] extends { default: string } ? string
    : string | undefined;
};

/**
 * Reads a task's flags.
 *
 * @param args the command line
 * @param flags by name, without the dashes
 * @throws {UsageError} for an unknown flag, or one without its value
 */
export function parseFlags<const Flags extends Record<string, Flag>>(
  args: string[],
  flags: Flags,
): Values<Flags> {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { type }]) => [name, { type }]),
  );
  try {
    const { values } = parseArgs({ args, options });
    return Object.fromEntries(
      Object.entries(flags).map(([name, flag]) => [
        name,
        values[name] ?? (flag.type === "boolean" ? false : flag.default),
      ]),
    ) as Values<Flags>;
  } catch (error) {
    const [first] = (error as Error).message.split(/\.(?:\s|$)|\n/);
    const known = Object.keys(flags).map((name) => `--${name}`).join(" ");
    throw new UsageError(`${first}; the flags are ${known}`);
  }
}

/**
 * The text of `--help`.
 *
 * @param usage what the task does, and how it is called
 * @param flags by name, without the dashes
 */
export function helpText(usage: string, flags: Record<string, Flag>): string {
  const lines = Object.entries(flags).map(([name, flag]) => {
    const left = `  --${name}${flag.value ? ` ${flag.value}` : ""}`;
    const fallback = flag.default ? ` (default ${flag.default})` : "";
    return `${left.padEnd(24)}${flag.help}${fallback}`;
  });
  return [usage, "", ...lines].join("\n");
}

/**
 * A whole number in a flag.
 *
 * @throws {UsageError} when the text is none, or out of range
 */
export function parseInteger(
  flag: string,
  text: string,
  [low, high]: [number, number],
): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < low || number > high) {
    throw new UsageError(
      `--${flag} takes a whole number from ${low} to ${high}, not "${text}"`,
    );
  }
  return number;
}

/**
 * One of a few words in a flag.
 *
 * @throws {UsageError} when the text is none of them
 */
export function parseChoice<Choice extends string>(
  flag: string,
  text: string,
  choices: readonly Choice[],
): Choice {
  const found = choices.find((choice) => choice === text);
  if (found) return found;
  throw new UsageError(
    `--${flag} takes ${choices.join(" or ")}, not "${text}"`,
  );
}

/** Whole numbers with commas between them, in a flag. */
export function parseIntegers(
  flag: string,
  text: string,
  range: [number, number],
): number[] {
  const numbers = text.split(",")
    .map((part) => parseInteger(flag, part.trim(), range));
  return [...new Set(numbers)];
}

/** Runs a task; expected errors become one sentence and an exit code. */
export async function runTask(
  task: (args: string[]) => Promise<void>,
): Promise<void> {
  try {
    await task(Deno.args);
  } catch (error) {
    const expected = [
      ...["UsageError", "WeightsError", "DataError", "RunError"],
      "UnavailableFileError",
    ];
    if (!(error instanceof Error) || !expected.includes(error.name)) {
      throw error;
    }
    console.error(`error: ${error.message}`);
    Deno.exit(error instanceof UsageError ? 2 : 1);
  }
}

/**
 * Ends the process in good order on Ctrl-C, SIGTERM and SIGHUP, with the exit
 * code that shells expect (128 and the signal's number).
 *
 * @param say called before the end
 * @returns stops listening when disposed of
 */
export function onStop(say: () => void): Disposable {
  const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
  const listeners = Object.entries(codes).map(([signal, code]) => {
    const listener = () => {
      say();
      Deno.exit(code);
    };
    Deno.addSignalListener(signal as Deno.Signal, listener);
    return [signal as Deno.Signal, listener] as const;
  });
  return {
    [Symbol.dispose]: () =>
      listeners.forEach(([signal, listener]) =>
        Deno.removeSignalListener(signal, listener)
      ),
  };
}

/** Something went wrong while a task ran; ends it with exit code 1. */
export class RunError extends Error {
  override name = "RunError";
}

/** A progress bar with the time left, on standard error. */
export interface Progress {
  update: (done: number, note?: string) => void;
  stop: () => void;
}

/**
 * Starts a progress bar. Where standard error is no terminal, a line every
 * ten seconds takes its place.
 *
 * @param title what is being done
 * @param total how much there is to do
 */
export function startProgress(title: string, total: number): Progress {
  const bar = new cliProgress.SingleBar({
    format: `${title} {bar} {percentage}% | {left} left | {note}`,
    stream: process.stderr,
    noTTYOutput: true,
    notTTYSchedule: 10_000,
    hideCursor: true,
    barsize: 24,
  }, cliProgress.Presets.shades_classic);
  const start = performance.now();
  bar.start(total, 0, { left: "?", note: "" });
  return {
    update(done, note = "") {
      const elapsed = (performance.now() - start) / 1000;
      const left = done > 0 ? duration(elapsed / done * (total - done)) : "?";
      bar.update(done, { left, note });
    },
    stop: () => bar.stop(),
  };
}

/**
 * Seconds as text for people.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([duration(8.2), duration(80), duration(7300)], ["8 s", "1 min 20 s", "2 h 2 min"]);
 * ```
 */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.round(whole % 3600 / 60)} min`;
}
