import { assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { labFlags } from "../../../tasks/jupyter/lab.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

interface Installed {
  code: number;
  said: string;
  path: string;
}

async function install(home: string, ...flags: string[]): Promise<Installed> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-q",
      "-A",
      "--no-check",
      "tasks/jupyter/kernel.ts",
      ...flags,
    ],
    cwd: ROOT,
    env: { HOME: home, JUPYTER_DATA_DIR: `${home}/jupyter` },
  }).output();
  const said = new TextDecoder().decode(stdout) +
    new TextDecoder().decode(stderr);
  return { code, said, path: `${home}/jupyter/kernels/deno/kernel.json` };
}

Deno.test("kernel installs a copy of this Deno, to be interrupted by message and not by a signal", async () => {
  const home = await Deno.makeTempDir();
  const { code, said, path } = await install(home);
  assertEquals(code, 0, said);
  const { argv, interrupt_mode } = JSON.parse(await Deno.readTextFile(path));
  assertEquals(interrupt_mode, "message");
  // Not in npm's cache, which may be cleared.
  assertStringIncludes(argv[0], home);
  const { stdout } = await new Deno.Command(argv[0], { args: ["--version"] })
    .output();
  assertStringIncludes(new TextDecoder().decode(stdout), Deno.version.deno);
  assertEquals((await install(home)).code, 0, "a second time");
  await Deno.remove(home, { recursive: true });
});

Deno.test("kernel leaves another kernel named deno alone, unless forced", async () => {
  const home = await Deno.makeTempDir();
  const folder = `${home}/jupyter/kernels/deno`;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/kernel.json`, "{}");
  const { code, said, path } = await install(home);
  assertEquals(code, 1);
  assertStringIncludes(said, "--force");
  assertEquals(await Deno.readTextFile(path), "{}");
  assertEquals((await install(home, "--force")).code, 0);
  assertStringIncludes(await Deno.readTextFile(path), "novelty-maps");
  await Deno.remove(home, { recursive: true });
});

Deno.test("Lab runs as root on this machine alone, and needs no flag for others", () => {
  assertEquals(labFlags(true), ["--allow-root", "--ip=127.0.0.1"]);
  assertEquals(labFlags(false), []);
});
