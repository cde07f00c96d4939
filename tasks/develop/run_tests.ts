/** Type check, tests and documentation examples. Arguments go to `deno test`. */
import { ROOT } from "../support/process.ts";
import { withoutJsr } from "./without_jsr.ts";

/** Runs deno and returns its exit code and what it printed, shown as it comes. */
async function run(args: string[]): Promise<{ code: number; output: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    ...{ args, cwd: ROOT, stdin: "null", stdout: "piped" },
  }).spawn();
  const [shown, kept] = child.stdout.tee();
  const output = new Response(kept).text();
  await shown.pipeTo(Deno.stdout.writable, { preventClose: true });
  return { code: (await child.status).code, output: await output };
}

/** The last line in plain words: "N passed, N failed". */
function summary(output: string): string {
  // deno-lint-ignore no-control-regex
  const plain = output.replace(/\x1b\[\d*m/g, "");
  const count = (word: string) =>
    plain.match(new RegExp(`(\\d+) ${word}(?!.*\\d+ ${word})`, "s"))?.[1] ??
      "0";
  return `${count("passed")} passed, ${count("failed")} failed, ${
    count("ignored")
  } skipped`;
}

// Tests run in the project's folder, wherever they were called.
Deno.env.delete("INIT_CWD");
const flags = ["--quiet", ...await withoutJsr(`${ROOT}data/cache`)];
const checked = await run(["check", ...flags, "lib", "tasks", "bench"]);
if (checked.code !== 0) Deno.exit(checked.code);
const { code, output } = await run([
  "test",
  "--allow-all",
  "--doc",
  ...flags,
  // `deno task test:browser` runs those that need a browser.
  ...(Deno.args.length > 0
    ? Deno.args
    : ["--ignore=tests/browser", "lib", "tasks", "tests", "docs", "README.md"]),
]);
console.log(summary(output));
Deno.exit(code);
