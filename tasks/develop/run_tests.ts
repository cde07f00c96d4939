/** Type check, tests and documentation examples. Arguments go to `deno test`. */
import { availableParallelism } from "node:os";
import { ROOT } from "../support/process.ts";
import { withoutJsr } from "./without_jsr.ts";

/** More processes at a time would need more than 8 GB of memory. */
const MOST_AT_A_TIME = 4;

/** What is run one by one, as it takes long: the long ones first. */
const LONG = ["tests/workflow", "tests/tasks/jupyter", "tests/tasks"];

const decoder = new TextDecoder();

interface Run {
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
  return { code, output };
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

/** Names in a folder, from the project's: folders and tests. */
const namesIn = (folder: string) =>
  [...Deno.readDirSync(`${ROOT}${folder}`)]
    .filter(({ name, isDirectory }) => isDirectory || name.endsWith("_test.ts"))
    .map(({ name }) => `${folder}/${name}`).sort();

/** All that is tested, in parts that can run beside one another. */
function parts(): string[][] {
  const long = LONG.flatMap(namesIn).filter((path) => !LONG.includes(path));
  const rest = namesIn("tests")
    // `deno task test:browser` runs those that need a browser.
    .filter((path) => ![...LONG, "tests/browser"].includes(path));
  return [...long, ...rest, "lib"].map((path) => [path])
    .concat([["tasks", "docs", "README.md"]]);
}

/** Runs parts side by side, as many as there are processors. */
async function runAll(
  waiting: string[][],
  runPart: (part: string[]) => Promise<Run>,
): Promise<Run[]> {
  const runs: Run[] = [];
  const atATime = Math.min(availableParallelism(), MOST_AT_A_TIME);
  await Promise.all(Array.from({ length: atATime }, async () => {
    for (let part; (part = waiting.shift());) runs.push(await runPart(part));
  }));
  return runs;
}

// Tests run in the project's folder, wherever they were called.
Deno.env.delete("INIT_CWD");
const flags = ["--quiet", ...await withoutJsr(`${ROOT}data/cache`)];
const given = Deno.args.length > 0;
const all = given ? Deno.args : ["tests", "docs", "README.md"];
const files = all.filter((argument) => !argument.startsWith("-"));
const checked = await run(
  ["check", ...flags, "--doc", "lib", "tasks", "bench", ...files],
);
if (checked.code !== 0) Deno.exit(checked.code);
const runs = await runAll(
  given ? [Deno.args] : parts(),
  (part) =>
    run(["test", "--allow-all", "--doc", "--no-check", ...flags, ...part]),
);
console.log(summary(runs.map(({ output }) => output)));
Deno.exit(runs.find(({ code }) => code !== 0)?.code ?? 0);
