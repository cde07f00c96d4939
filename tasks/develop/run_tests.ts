/** Type check, tests and documentation examples. Arguments go to `deno test`. */
import config from "../../deno.json" with { type: "json" };
import { ROOT } from "../support/process.ts";

const CACHE = `${ROOT}data/cache`;
const JSR = "https://jsr.io/@std/assert/meta.json";
/** The same library, published on npm. */
const ASSERT_ON_NPM = `${config.imports["deno-std"]}/assert/mod.js`;

/** Flags for networks that block JSR, where `@std/assert` comes from npm. */
async function withoutJsr(): Promise<string[]> {
  try {
    await fetch(JSR, { signal: AbortSignal.timeout(5000) });
    return [];
  } catch {
    console.error("tests: JSR cannot be reached; @std/assert comes from npm");
  }
  const imports = { ...config.imports, "@std/assert": ASSERT_ON_NPM };
  await Deno.mkdir(CACHE, { recursive: true });
  await Deno.writeTextFile(
    `${CACHE}/import_map.json`,
    JSON.stringify({ imports: withSubpaths(imports) }),
  );
  // A copy, so that the exception does not enter the project's own lock file.
  await Deno.copyFile(`${ROOT}deno.lock`, `${CACHE}/deno.lock`);
  return [
    // Types of a JavaScript package are only found in this mode.
    "--node-modules-dir=auto",
    `--import-map=${CACHE}/import_map.json`,
    `--lock=${CACHE}/deno.lock`,
  ];
}

/** An import map, unlike deno.json, does not imply `name/` for `name`. */
function withSubpaths(imports: Record<string, string>) {
  return Object.fromEntries(
    Object.entries(imports).flatMap(([name, source]) => [
      [name, source],
      [`${name}/`, `${source.replace("npm:", "npm:/")}/`],
    ]),
  );
}

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
const flags = ["--quiet", ...await withoutJsr()];
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
