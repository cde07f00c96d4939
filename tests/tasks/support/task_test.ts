import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseFlags } from "../../../tasks/support/flags.ts";
import { ROOT } from "../../../tasks/support/process.ts";

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const support = `${ROOT}tasks/support`;

/** Starts a task whose `run` is the text given. */
async function start(
  run: string,
  { args = [], env = {} }: {
    args?: string[];
    env?: Record<string, string>;
  } = {},
) {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(
    file,
    `import { runTask } from "${support}/task.ts";
    import { startProgress } from "${support}/progress.ts";
    import { RunError, UsageError } from "${support}/errors.ts";
    import { WeightsError } from "${ROOT}lib/weights/state_dict.ts";
    import { RecordError } from "${ROOT}lib/studies/load_results.ts";
    import { NpyError } from "${ROOT}lib/support/npy.ts";
    await runTask({
      usage: "Does this.",
      flags: {
        out: { type: "string", default: "data/out", path: true, help: "where" },
        fast: { type: "boolean", help: "soon" },
      },
      stopped: ({ out }) => out + " is not whole",
      split: (args) => [
        args.filter((arg) => arg.startsWith("-")),
        args.filter((arg) => !arg.startsWith("-")),
      ],
      run: async (flags, { given, rest }) => { ${run} },
    });`,
  );
  return new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-q", "-A", "--no-check", `--config=${ROOT}deno.json`],
      ...[file, ...args],
    ],
    env: { INIT_CWD: ROOT, ...env },
    ...{ cwd: ROOT, stdout: "piped", stderr: "piped" },
  }).spawn();
}

async function result(...call: Parameters<typeof start>) {
  const { code, stdout, stderr } = await (await start(...call)).output();
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}

Deno.test("runTask() hands over values, the flags that were typed, and the rest", async () => {
  const { stdout, stderr } = await result(
    "console.log(JSON.stringify([flags, [...given], rest]))",
    { args: ["a", "--fast"] },
  );
  assertEquals(stderr, "");
  const [flags, given, rest] = JSON.parse(stdout);
  assertEquals(flags.fast, true);
  assertEquals(flags.out, "data/out");
  assertEquals([given, rest], [["fast"], ["a"]]);
});

Deno.test("runTask() prints help, with --help itself, and does not run the task", async () => {
  const { code, stdout } = await result("throw 1", { args: ["--help"] });
  assertEquals(code, 0);
  assertEquals(stdout.split("\n").slice(0, 5), [
    "Does this.",
    "",
    "  --out                 where (default data/out)",
    "  --fast                soon",
    "  --help                print this",
  ]);
});

for (
  const [error, code] of [
    ...[["UsageError", 2], ["RunError", 1], ["WeightsError", 1]],
    ...[["RecordError", 1], ["NpyError", 1]],
  ] as [string, number][]
) {
  Deno.test(`runTask() makes a ${error} one sentence and exit code ${code}`, async () => {
    const ended = await result(`throw new ${error}("it is so")`);
    assertEquals(ended, { code, stdout: "", stderr: "error: it is so\n" });
  });
}

Deno.test("runTask() shows where an error comes from that only has an expected name", async () => {
  const { code, stderr } = await result(
    `throw Object.assign(new Error("it is so"), { name: "UsageError" })`,
  );
  assertEquals(code, 1);
  assertStringIncludes(stderr, "    at ");
});

Deno.test("runTask() answers an unknown flag with those there are", async () => {
  const { code, stderr } = await result("", { args: ["--quick"] });
  assertEquals(code, 2);
  assertStringIncludes(stderr, "the flags are --out --fast --help");
});

Deno.test("runTask() runs in the folder where the task was called; default paths stay in the project", async () => {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  const { stdout, stderr } = await result(
    `const path = await import("node:path");
    console.log(JSON.stringify([Deno.cwd(), path.resolve(flags.out),
      path.isAbsolute(flags.out), Deno.env.has("INIT_CWD")]))`,
    { env: { INIT_CWD: folder } },
  );
  assertEquals(stderr, "");
  assertEquals(JSON.parse(stdout), [folder, `${ROOT}data/out`, false, false]);
  await Deno.remove(folder);
});

Deno.test("a default path is never empty, which the root of all files would follow from", () => {
  const folder = Deno.cwd();
  try {
    Deno.chdir(`${ROOT}data`);
    const out = {
      type: "string",
      default: "data",
      help: "",
      path: true,
    } as const;
    assertEquals(parseFlags([], { out }).values.out, ".");
  } finally {
    Deno.chdir(folder);
  }
});

for (
  const [signal, code] of [
    ...[["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]],
  ] as [Deno.Signal, number][]
) {
  Deno.test(`runTask() ends on ${signal} with the task's sentence and exit code ${code}`, async () => {
    const child = await start(
      `startProgress("work", 9); console.log("ready");
      await new Promise((resolve) => setTimeout(resolve, 60_000));`,
    );
    const reader = child.stdout.getReader();
    await reader.read();
    child.kill(signal);
    assertEquals((await child.status).code, code);
    const stderr = await new Response(child.stderr).text();
    assertEquals(stderr.endsWith("\nstopped; data/out is not whole\n"), true);
    await reader.cancel();
  });
}
