/**
 * Type check, tests and documentation examples; all of them, side by side, or
 * those that the arguments of `deno test` name.
 */
import { availableParallelism } from "node:os";
import { ROOT } from "../support/process.ts";
import { filesBelow } from "./imports.ts";
import { withoutJsr } from "./without_jsr.ts";

/** More processes at a time would need more than 8 GB of memory. */
const MOST_AT_A_TIME = 4;

/** Folders whose tests take long: they come first, file by file. */
const LONG = ["tests/workflow/", "tests/tasks/"];

/** Of these the longest, so that none of them ends alone. */
const LONGEST = [
  "tests/workflow/sweep_test.ts",
  "tests/tasks/jupyter/stale_test.ts",
  "tests/tasks/reproduce_test.ts",
  "tests/tasks/setup_test.ts",
  "tests/tasks/jupyter/kernel_stop_test.ts",
  "tests/tasks/develop/mutate_test.ts",
];

const decoder = new TextDecoder();

interface Run {
  args: string[];
  code: number;
  output: string;
}

/** Runs deno, and shows what it printed when it has ended. */
async function run(args: string[]): Promise<Run> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    ...{ args, cwd: ROOT, stdin: "null", stderr: "inherit" },
  }).output();
  const output = decoder.decode(stdout);
  console.log(output.trimEnd());
  return { args, code, output };
}

/** The counts of several runs in plain words: "N passed, N failed, N skipped". */
function summary(outputs: string[]): string {
  const count = (output: string, word: string) =>
    Number(
      // deno-lint-ignore no-control-regex
      output.replace(/\x1b\[\d*m/g, "")
        .match(new RegExp(`(\\d+) ${word}(?!.*\\d+ ${word})`, "s"))?.[1] ?? 0,
    );
  const sum = (word: string) =>
    outputs.reduce((total, output) => total + count(output, word), 0);
  return `${sum("passed")} passed, ${sum("failed")} failed, ${
    sum("ignored")
  } skipped`;
}

/** All that is tested, in parts that can run beside one another. */
function parts(): string[][] {
  const tests = filesBelow("tests").filter((path) =>
    path.endsWith("_test.ts") &&
    // `deno task test:browser` runs those that need a browser.
    !path.startsWith("tests/browser/")
  );
  const alone = tests.filter((path) =>
    LONG.some((folder) => path.startsWith(folder))
  );
  const rank = (path: string) => {
    const place = LONGEST.indexOf(path);
    return place < 0 ? LONGEST.length : place;
  };
  const together = [...tests, ...filesBelow("lib")]
    .filter((path) => path.endsWith(".ts") && !alone.includes(path))
    .map((path) => path.split("/").slice(0, 2).join("/"));
  return [
    ...alone.sort((a, b) => rank(a) - rank(b)),
    ...new Set(together),
  ].map((path) => [path]).concat([["tasks", "docs", "README.md"]]);
}

/** Runs deno with each of the arguments, as many at a time as there are processors. */
async function runAll(waiting: string[][]): Promise<Run[]> {
  const runs: Run[] = [];
  const atATime = Math.min(availableParallelism(), MOST_AT_A_TIME);
  await Promise.all(Array.from({ length: atATime }, async () => {
    for (let part; (part = waiting.shift());) runs.push(await run(part));
  }));
  return runs;
}

// Tests run in the project's folder, wherever they were called.
Deno.env.delete("INIT_CWD");
const flags = ["--quiet", ...await withoutJsr(`${ROOT}data/cache`)];
const given = Deno.args;
if (given.includes("--help")) {
  console.log(
    "Type check, tests and documentation examples: all of them, or those that " +
      "the arguments name.\n\nusage: deno task test [files and folders] [flags " +
      "of `deno test`, as --filter TEXT]",
  );
  Deno.exit();
}
const testFlags = ["test", "--allow-all", "--doc", ...flags];
if (given.length > 0) {
  const { code } = await new Deno.Command(Deno.execPath(), {
    ...{ args: [...testFlags, ...given], cwd: ROOT, stdin: "null" },
    ...{ stdout: "inherit", stderr: "inherit" },
  }).output();
  Deno.exit(code);
}
// Of all, types are checked at once and not part by part.
const all = ["lib", "tasks", "bench", "--doc", "tests", "docs", "README.md"];
const runs = await runAll([
  ["check", ...flags, ...all],
  ...parts().map((part) => [...testFlags, "--no-check", ...part]),
]);
const failed = runs.filter(({ code }) => code !== 0);
if (failed.length > 0) {
  const names = failed.map(({ args }) =>
    args[0] === "check" ? "type check" : args.at(-1)
  );
  console.log(`failed: ${names.join(", ")}`);
}
console.log(summary(runs.map(({ output }) => output)));
Deno.exit(failed[0]?.code ?? 0);
