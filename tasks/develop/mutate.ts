/** Single changes in lib/: which ones no test notices. */
import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import { RunError, UsageError } from "../support/errors.ts";
import { parseInteger, type Values } from "../support/flags.ts";
import { ROOT } from "../support/process.ts";
import { startProgress } from "../support/progress.ts";
import { runTask, type Task } from "../support/task.ts";
import { applyMutant, type Mutant, mutants, sample } from "./mutants.ts";
import { dependentsAmong, filesBelow } from "./imports.ts";
import { copyProject } from "./project_copy.ts";
import { withoutJsr } from "./without_jsr.ts";

const FLAGS = {
  files: {
    type: "string",
    value: "FILES",
    help: "changes these only, as lib/a.ts,lib/b.ts",
  },
  rooms: {
    type: "string",
    value: "ROOMS",
    help: "changes these folders of lib/ only, as maps,metrics",
  },
  count: {
    type: "string",
    value: "N",
    help: "changes, drawn at random (default: all)",
  },
  seed: { type: "string", value: "N", default: "1", help: "of the draw" },
} as const;

const USAGE =
  `Makes single changes in a copy of lib/, runs the tests and examples of the
changed file after each, then the tests that import it or what imports it, and
lists the changes that none of them notices.

usage: deno task mutate [flags]`;

/** Rooms whose output is looked at: a figure can change and be as good. */
const LEFT_OUT = ["figures", "report"];

/** A run that takes this many times as long as the unchanged one hangs. */
const PATIENCE = 3;
const LEAST_SECONDS = 30;

/** One change of one file. */
interface Change {
  /** From the project's folder. */
  path: string;
  mutant: Mutant;
}

/** A change, and whether a test failed or hung with it. */
interface Result extends Change {
  noticed: boolean;
  /** The changed line as it was. */
  text: string;
}

const roomOf = (path: string) => path.split("/")[1];

/** The modules that are to be changed. */
function chosen({ files, rooms }: Values<typeof FLAGS>): string[] {
  const all = filesBelow("lib").filter((path) =>
    path.endsWith(".ts") && path !== "lib/mod.ts" &&
    !LEFT_OUT.includes(roomOf(path))
  );
  const paths = files?.split(",")
    .map((path) => relative(ROOT, resolve(path.trim())));
  const names = rooms?.split(",").map((name) => name.trim());
  const known = [...new Set(all.map(roomOf))];
  const stranger = paths?.find((path) => !all.includes(path));
  if (stranger) {
    throw new UsageError(
      `--files takes modules of lib/${known.join(", lib/")}, not "${stranger}"`,
    );
  }
  const wrong = names?.find((name) => !known.includes(name));
  if (wrong !== undefined) {
    throw new UsageError(`--rooms takes ${known.join(", ")}, not "${wrong}"`);
  }
  return all.filter((path) =>
    (paths?.includes(path) ?? true) && (names?.includes(roomOf(path)) ?? true)
  );
}

/** A module's examples and its own tests. */
function nearest(path: string): string[] {
  const own = path.replace("lib/", "tests/").replace(/\.ts$/, "_test.ts");
  return existsSync(`${ROOT}${own}`) ? [path, own] : [path];
}

/** Finds the other tests of lib/'s rooms that are near a module. */
function farther(): (path: string) => string[] {
  const rooms = [...Deno.readDirSync(`${ROOT}lib`)]
    .filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
  const tests = rooms.filter((room) => existsSync(`${ROOT}tests/${room}`))
    .flatMap((room) => filesBelow(`tests/${room}`))
    .filter((path) => path.endsWith("_test.ts"));
  const dependents = dependentsAmong(tests);
  return (path) =>
    dependents(path).filter((test) => !nearest(path).includes(test));
}

/** Where tests run, and how. */
interface Bench {
  /** A copy of the project. */
  root: string;
  /** Of `deno test`. */
  flags: string[];
  /** Ends a run. */
  stop: AbortSignal;
}

async function setUpBench(folder: string, stop: AbortSignal): Promise<Bench> {
  const { root, links } = await copyProject(folder);
  const flags = [
    ...["--quiet", "--no-check", "--allow-all", "--doc", "--fail-fast"],
    // A mutant may write anything: into the project by no way.
    `--deny-write=${[ROOT, ...links].join(",")}`,
    ...await withoutJsr(`${folder}/imports`),
  ];
  return { root, flags, stop };
}

/** Whether tests and examples all pass, within some seconds. */
async function pass(
  { root, flags, stop }: Bench,
  files: string[],
  seconds?: number,
): Promise<boolean> {
  const late = seconds ? [AbortSignal.timeout(1000 * seconds)] : [];
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["test", ...flags, ...files],
    ...{ cwd: root, stdin: "null", stdout: "null", stderr: "null" },
    signal: AbortSignal.any([stop, ...late]),
  }).output();
  return success;
}

/**
 * Seconds that a file's tests or examples take.
 *
 * @throws {RunError} one fails as the code is
 */
async function secondsOf(bench: Bench, file: string): Promise<number> {
  const start = performance.now();
  if (!await pass(bench, [file])) {
    throw new RunError(
      `${file} fails without any change; to see why: deno task test ${file}`,
    );
  }
  return (performance.now() - start) / 1000;
}

/** Calls a function once for each argument, and remembers what it returned. */
function remembered<T>(
  compute: (key: string) => Promise<T>,
): (key: string) => Promise<T> {
  const known = new Map<string, T>();
  return async (key) => {
    const value = known.get(key) ?? await compute(key);
    known.set(key, value);
    return value;
  };
}

/** Makes a change, runs tests, and undoes it. */
async function withChange<T>(
  { root }: Bench,
  { path, mutant }: Change,
  test: () => Promise<T>,
): Promise<T> {
  const source = await Deno.readTextFile(`${root}${path}`);
  await Deno.writeTextFile(`${root}${path}`, applyMutant(source, mutant));
  try {
    return await test();
  } finally {
    await Deno.writeTextFile(`${root}${path}`, source);
  }
}

/** Answers whether a change is noticed: by the nearest tests, or by others. */
function tester(bench: Bench): (change: Change) => Promise<boolean> {
  const others = farther();
  const seconds = remembered((file) => secondsOf(bench, file));
  /** Seconds that a run may take. */
  const limit = async (files: string[]) => {
    let sum = 0;
    for (const file of files) sum += await seconds(file);
    return Math.max(LEAST_SECONDS, PATIENCE * sum);
  };
  const passes = async (change: Change, files: string[]) => {
    if (files.length === 0) return true;
    const longest = await limit(files);
    return await withChange(bench, change, () => pass(bench, files, longest));
  };
  return async (change) =>
    !await passes(change, nearest(change.path)) ||
    !await passes(change, others(change.path));
}

/** The changed line as it was. */
const lineOf = ({ path, mutant }: Change) =>
  Deno.readTextFileSync(`${ROOT}${path}`).split("\n")[mutant.line - 1].trim();

/** Survivors, one a line, and the share that was noticed. */
function report(results: Result[]): string {
  const survivors = results.filter(({ noticed }) => !noticed)
    .map(({ path, text, mutant: { line, column, before, after } }) =>
      `${path}:${line}:${column}: ${before.replace(/\s+/g, " ")} -> ${after}` +
      `\n    ${text}`
    );
  const score = (name: string, some: Result[]) => {
    const noticed = some.filter(({ noticed }) => noticed).length;
    const percent = Math.round(100 * noticed / some.length);
    return `${name}: ${noticed} of ${some.length} noticed (${percent}%)`;
  };
  const rooms = Map.groupBy(results, ({ path }) => roomOf(path));
  const scores = [...rooms].map(([room, some]) => score(room, some));
  return [...survivors, ...scores, score("in all", results)].join("\n");
}

/** The changes to make: a draw from all that the flags leave. */
function draw(flags: Values<typeof FLAGS>): Change[] {
  const seed = parseInteger("seed", flags.seed, [0, 2 ** 32 - 1]);
  const count = flags.count === undefined
    ? Infinity
    : parseInteger("count", flags.count, [1, 1_000_000]);
  const all = chosen(flags).flatMap((path) =>
    mutants(Deno.readTextFileSync(`${ROOT}${path}`))
      .map((mutant) => ({ path, mutant }))
  );
  if (all.length === 0) {
    throw new UsageError("the flags leave nothing in lib/ to change");
  }
  return sample(all, { count, seed });
}

async function mutate(flags: Values<typeof FLAGS>): Promise<void> {
  const changes = draw(flags);
  const folder = await Deno.makeTempDir();
  const stop = new AbortController();
  const results: Result[] = [];
  const progress = startProgress("mutate", changes.length);
  const end = () => {
    progress.stop();
    stop.abort();
    if (results.length > 0) console.log(report(results));
    Deno.removeSync(folder, { recursive: true });
  };
  globalThis.addEventListener("unload", end);
  try {
    const isNoticed = tester(await setUpBench(folder, stop.signal));
    for (const change of changes) {
      const noticed = await isNoticed(change);
      results.push({ ...change, noticed, text: lineOf(change) });
      progress.update(results.length, change.path);
    }
  } finally {
    globalThis.removeEventListener("unload", end);
    end();
  }
}

export const mutateTask: Task<typeof FLAGS> = {
  usage: USAGE,
  flags: FLAGS,
  stopped: () => "the changes were made in a copy, which is removed",
  run: mutate,
};

if (import.meta.main) await runTask(mutateTask);
