/** Damaged files of every kind, for as long as you like. */
import { relative } from "node:path";
import { markdownTable } from "markdown-table";
import {
  answerTo,
  fuzz,
  type Kind,
  Offence,
  type Tally,
} from "../../tests/fuzz.ts";
import { fuzzKinds } from "../../tests/fuzz_kinds.ts";
import { RunError, UsageError } from "../support/errors.ts";
import { parseInteger, type Values } from "../support/flags.ts";
import { ROOT } from "../support/process.ts";
import { runTask } from "../support/task.ts";
import { readBytes, writeAtomically } from "../support/files.ts";

const FOLDER = `${ROOT}data/cache/fuzz/`;

const FLAGS = {
  minutes: { type: "string", value: "N", default: "10", help: "in all" },
  seed: { type: "string", value: "N", default: "1", help: "of the damage" },
  input: {
    type: "string",
    value: "FILE",
    help: "reads one file that was kept, KIND_….bin",
  },
} as const;

const USAGE =
  `Reads files that were damaged at random: each must be read or refused.

usage: deno task fuzz [flags]`;

/** A kind's counts; keeps the input at the first wrong answer. */
async function run(
  kind: Kind,
  options: { seed: number; seconds: number },
): Promise<Tally> {
  try {
    return await fuzz(kind, options);
  } catch (error) {
    if (!(error instanceof Offence)) throw error;
    const path = `${FOLDER}${kind.name}_seed${options.seed}.bin`;
    await Deno.mkdir(FOLDER, { recursive: true });
    await writeAtomically(path, error.input);
    throw new RunError(
      `${kind.name}: ${error.message.slice(0, 300)}; ` +
        `to see it again: deno task fuzz --input ${relative(Deno.cwd(), path)}`,
    );
  }
}

async function readOne(kinds: Kind[], path: string) {
  const [name] = path.split(/[\\/]/).pop()!.split("_");
  const kind = kinds.find((kind) => kind.name === name);
  if (!kind) {
    const names = kinds.map(({ name }) => name).join(", ");
    throw new UsageError(`the name of ${path} begins with none of ${names}`);
  }
  try {
    console.log(await answerTo(kind, await readBytes(path)));
  } catch (error) {
    if (!(error instanceof Offence)) throw error;
    throw new RunError(`${kind.name}: ${error.message.slice(0, 300)}`);
  }
}

async function fuzzFiles(flags: Values<typeof FLAGS>): Promise<void> {
  const minutes = parseInteger("minutes", flags.minutes, [1, 1440]);
  const seed = parseInteger("seed", flags.seed, [0, 2 ** 32 - 1]);
  const folder = await Deno.makeTempDir();
  try {
    const kinds = await fuzzKinds(folder);
    if (flags.input) return await readOne(kinds, flags.input);
    const failed: RunError[] = [];
    const rows: string[][] = [];
    for (const kind of kinds) {
      const seconds = 60 * minutes / kinds.length;
      console.error(`${kind.name}, ${seconds.toFixed(0)} s`);
      try {
        // What is not read counts under the class of the refusal.
        const { read = 0, ...classes } = await run(kind, { seed, seconds });
        const refused = Object.values(classes).reduce((a, b) => a + b, 0);
        rows.push([kind.name, String(read), String(refused)]);
      } catch (error) {
        if (!(error instanceof RunError)) throw error;
        console.error(error.message);
        failed.push(error);
      }
    }
    console.log(
      markdownTable([["kind", "read", "refused"], ...rows], {
        align: ["l", "r", "r"],
      }),
    );
    if (failed.length > 0) {
      throw new RunError(`${failed.length} kinds of files got a wrong answer`);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) {
  await runTask({
    usage: USAGE,
    flags: FLAGS,
    stopped: () => "files that got a wrong answer are kept in data/cache/fuzz",
    run: fuzzFiles,
  });
}
