import { relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { UsageError } from "./errors.ts";
import { ROOT } from "./process.ts";

/** One flag of a task, for parsing and for `--help`. */
export interface Flag {
  type: "string" | "boolean";
  /** What stands for the value in `--help`, as FILE. */
  value?: string;
  default?: string;
  /** Whether the default is a path in the project's folder. */
  path?: boolean;
  help: string;
}

/** The values of flags: text, or whether a switch is on. */
export type Values<Flags extends Record<string, Flag>> = {
  [Name in keyof Flags]: Flags[Name]["type"] extends "boolean" ? boolean
    : Flags[Name] extends { default: string } ? string
    : string | undefined;
};

/** What a command line says. */
export interface Parsed<Flags extends Record<string, Flag>> {
  values: Values<Flags>;
  /** The flags that were typed. */
  given: ReadonlySet<string>;
}

/**
 * Reads a task's flags.
 *
 * @param args the command line
 * @param flags by name, without the dashes
 * @throws {UsageError} for an unknown flag, or one without its value, or with
 * an empty one
 */
export function parseFlags<const Flags extends Record<string, Flag>>(
  args: string[],
  flags: Flags,
): Parsed<Flags> {
  const typed = typedFlags(args, flags);
  const empty = Object.keys(typed).find((name) => typed[name] === "");
  if (empty) {
    throw new UsageError(
      `--${empty} has an empty value; give one, or leave it out`,
    );
  }
  const values = Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [
      name,
      typed[name] ?? (flag.type === "boolean" ? false : defaultOf(flag)),
    ]),
  );
  return {
    values: values as Values<Flags>,
    given: new Set(Object.keys(typed)),
  };
}

function typedFlags(args: string[], flags: Record<string, Flag>) {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { type }]) => [name, { type }]),
  );
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    const [first] = (error as Error).message.split(/\.(?:\s|$)|\n/);
    const known = Object.keys(flags).map((name) => `--${name}`).join(" ");
    throw new UsageError(`${first}; the flags are ${known}`);
  }
}

/** A default path is one in the project, wherever the task was called. */
function defaultOf({ default: value, path }: Flag): string | undefined {
  if (!value || !path) return value;
  return relative(Deno.cwd(), resolve(ROOT, value)) || ".";
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

/**
 * Files in a flag, with commas between them.
 *
 * @throws {UsageError} when there is nothing before or after a comma
 */
export function parseFiles(flag: string, text: string): string[] {
  const files = text.split(",").map((part) => part.trim());
  if (!files.includes("")) return files;
  throw new UsageError(
    `--${flag} takes files with commas between them; one is missing in "${text}"`,
  );
}

/**
 * That tables and figures can tell what a flag's files hold from one another.
 *
 * @param flag its name
 * @param what they are: "run" or "model"
 * @param names one a file
 * @throws {UsageError} when two are the same
 */
export function requireNames(
  flag: string,
  what: string,
  names: readonly string[],
) {
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice === undefined) return;
  throw new UsageError(
    `--${flag}: two of the files are of one ${what}, or tell no difference: ${twice}`,
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
