import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { existsSync } from "node:fs";
import { copyProject } from "../../../tasks/develop/project_copy.ts";
import { mutateTask } from "../../../tasks/develop/mutate.ts";
import { refusal, ROOT } from "../run.ts";

const FILE = "lib/metrics/top_k.ts";

/** Calls a test with a folder that the task's copies are made in. */
async function withFolder(test: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Starts the task of a project, with its copy in a folder. */
const start = (root: string, folder: string, ...args: string[]) =>
  new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-q", "-A", "--no-check", "tasks/develop/mutate.ts", ...args],
    ],
    ...{ cwd: root, stdout: "piped", stderr: "piped" },
    env: { TMPDIR: folder },
  }).spawn();

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** The copy's text of the file; empty before it is there. */
function copyOf(folder: string): string {
  const [copy] = [...Deno.readDirSync(folder)];
  const path = `${folder}/${copy?.name}/project/${FILE}`;
  return existsSync(path) ? Deno.readTextFileSync(path) : "";
}

/** Runs the task in a project with one module and its test more. */
async function runPlanted(folder: string, module: string, test: string) {
  const { root } = await copyProject(`${folder}/planted`);
  await Deno.writeTextFile(`${root}lib/support/planted.ts`, module);
  await Deno.writeTextFile(
    `${root}tests/support/planted_test.ts`,
    `import { isPositive } from "../../lib/support/planted.ts";
    Deno.test("planted", () => { if (!(${test})) throw new Error("wrong"); });`,
  );
  const copies = `${folder}/copies`;
  await Deno.mkdir(copies);
  const { code, stdout, stderr } = await start(
    root,
    copies,
    "--files",
    "lib/support/planted.ts",
  ).output();
  assertEquals([...Deno.readDirSync(copies)], []);
  assertEquals(
    await Deno.readTextFile(`${root}lib/support/planted.ts`),
    module,
  );
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}

const MODULE = "export const isPositive = (n: number) => n > 0;\n";

Deno.test("mutate lists the changes that no test notices, and the score", async () => {
  await withFolder(async (folder) => {
    const test = "isPositive(1) && !isPositive(-1)";
    const { code, stdout, stderr } = await runPlanted(folder, MODULE, test);
    assertEquals(code, 0, stderr);
    assertEquals(stdout.trim().split("\n"), [
      "lib/support/planted.ts:1:44: > -> >=",
      "    export const isPositive = (n: number) => n > 0;",
      "support: 1 of 2 noticed (50%)",
      "in all: 1 of 2 noticed (50%)",
    ]);
  });
});

Deno.test("mutate refuses a module whose tests fail as it is", async () => {
  await withFolder(async (folder) => {
    const { code, stderr } = await runPlanted(folder, MODULE, "isPositive(0)");
    assertEquals(code, 1);
    assertStringIncludes(
      stderr,
      "planted_test.ts fails without any change; to see why: deno task test ",
    );
  });
});

Deno.test("mutate that is stopped at a change leaves none, and no copy", async () => {
  await withFolder(async (folder) => {
    const source = await Deno.readTextFile(`${ROOT}${FILE}`);
    const child = start(ROOT, folder, "--files", FILE);
    const output = child.output();
    const deadline = Date.now() + 60_000;
    while (["", source].includes(copyOf(folder))) {
      assert(Date.now() < deadline, "no change is made");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    child.kill("SIGTERM");
    const { code, stderr } = await output;
    assertEquals(code, 143);
    assertStringIncludes(decode(stderr), "stopped; ");
    assertEquals(await Deno.readTextFile(`${ROOT}${FILE}`), source);
    assertEquals([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("mutate refuses files and rooms that it cannot change", async () => {
  const cases = {
    "--files": ["lib/mod.ts", "lib/none.ts", "tasks/train.ts"],
    "--rooms": ["none", "figures", "metrics,"],
  };
  for (const [flag, values] of Object.entries(cases)) {
    for (const value of values) {
      const { code, message } = await refusal(mutateTask, `${flag}=${value}`);
      assertEquals(code, 2);
      const bad = value.split(",").at(-1);
      assertMatch(message, new RegExp(`^${flag} takes .*not "${bad}"`));
    }
  }
});
