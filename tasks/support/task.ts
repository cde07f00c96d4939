import { DataError } from "../../lib/data/dataset.ts";
import { ReconstructionError } from "../../lib/maps/reconstruction_error.ts";
import { RecordError } from "../../lib/studies/load_results.ts";
import { UnavailableFileError } from "../../lib/support/checked_file.ts";
import { NpyError } from "../../lib/support/npy.ts";
import { WeightsError } from "../../lib/weights/state_dict.ts";
import { RunError, UsageError } from "./errors.ts";
import { type Flag, helpText, parseFlags, type Values } from "./flags.ts";
import { onStop } from "./signals.ts";

/** A task as its file declares it. */
export interface Task<Flags extends Record<string, Flag>> {
  /** The first lines of `--help`: what the task does, and how it is called. */
  usage: string;
  /** By name, without the dashes; `--help` is added. */
  flags: Flags;
  /** The arguments that are flags, and the rest; default: all are flags. */
  split?: (args: string[]) => [flags: string[], rest: string[]];
  /**
   * What to say when a signal ends the task; default: nothing, and the signal
   * does what it does.
   */
  stopped?: (flags: Values<Flags>) => string;
  run: (flags: Values<Flags>, call: Call) => Promise<void>;
}

/** How a task was called, its flags' values aside. */
export interface Call {
  /** The names of the flags that were typed. */
  given: ReadonlySet<string>;
  /** The arguments that are no flags of the task. */
  rest: string[];
  /** From here on, a signal has this said in place of `stopped`. */
  onStopped: (say: () => string) => void;
}

const HELP = { help: { type: "boolean", help: "print this" } } as const;

/** Errors with a message for the user; any other is a fault of the project. */
const EXPECTED = [
  ...[UsageError, RunError, WeightsError, DataError, RecordError],
  ...[NpyError, UnavailableFileError, ReconstructionError],
];

/**
 * Runs a task on the command line's arguments, in the folder where they were
 * typed. Expected errors become one sentence and an exit code: 2 for a mistake
 * in the call, 1 for others.
 *
 * @param task its declaration
 */
export async function runTask<const Flags extends Record<string, Flag>>(
  task: Task<Flags>,
): Promise<void> {
  try {
    enterTypedFolder();
    await callTask(task, Deno.args);
  } catch (error) {
    const code = exitCode(error);
    if (code === undefined) throw error;
    console.error(`error: ${(error as Error).message}`);
    Deno.exit(code);
  }
}

/**
 * How a task ends with an error: 2 for a mistake in the call, 1 for another
 * expected one, undefined for a fault of the project.
 */
export function exitCode(error: unknown): 1 | 2 | undefined {
  if (error instanceof UsageError) return 2;
  return EXPECTED.some((expected) => error instanceof expected) ? 1 : undefined;
}

/**
 * `deno task` runs in the project's folder and tells in INIT_CWD where it was
 * called: relative paths are meant, and shown, from there.
 */
function enterTypedFolder() {
  const folder = Deno.env.get("INIT_CWD");
  if (!folder) return;
  Deno.chdir(folder);
  // Programs that the task starts have folders of their own.
  Deno.env.delete("INIT_CWD");
}

/**
 * Runs a task on arguments, in this process.
 *
 * @param task its declaration
 * @param args the command line
 * @throws what the task throws, and {@linkcode UsageError} for its flags
 */
export async function callTask<const Flags extends Record<string, Flag>>(
  { usage, flags, split, stopped, run }: Task<Flags>,
  args: string[],
): Promise<void> {
  const [own, rest] = split ? split(args) : [args, []];
  const all = { ...flags, ...HELP };
  const { values, given } = parseFlags(own, all);
  if (given.has("help")) return console.log(helpText(usage, all));
  // Those of `flags`, with one more that it has no use for.
  const known = values as unknown as Values<Flags>;
  let say = () => stopped!(known);
  using _stop = stopped && onStop(() => console.error(`stopped; ${say()}`));
  const onStopped = (other: () => string) => void (say = other);
  await run(known, { given, rest, onStopped });
}
