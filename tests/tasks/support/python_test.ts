import { assertEquals, assertRejects } from "@std/assert";
import { output } from "../../../tasks/support/process.ts";
import { OWN_PYTHON, pythonFrom } from "../../../tasks/support/python.ts";

Deno.test("OWN_PYTHON hides modules that a shell set for another Python", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/another_pythons.py`, "");
  const others = { PYTHONPATH: folder };
  const code = async (env: Record<string, string>) =>
    (await output("python3", ["-c", "import another_pythons"], { env })).code;
  assertEquals(await code(others), 0);
  assertEquals(await code({ ...others, ...OWN_PYTHON }), 1);
  await Deno.remove(folder, { recursive: true });
});

/** Programs by name, each a shell script, before all others while `f` runs. */
async function withPrograms(
  programs: Record<string, string>,
  f: () => Promise<void>,
) {
  const folder = await Deno.makeTempDir();
  for (const [name, script] of Object.entries(programs)) {
    const path = `${folder}/${name}`;
    await Deno.writeTextFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  const path = Deno.env.get("PATH")!;
  Deno.env.set("PATH", `${folder}:${path}`);
  await f().finally(() => Deno.env.set("PATH", path));
  await Deno.remove(folder, { recursive: true });
}

const OLD = '[ "$1" = --version ] && echo Python 3.8.0 || exit 1';

Deno.test("pythonFrom() is python3, or one with its version in its name where that is too old", async () => {
  assertEquals(await pythonFrom(3), "python3");
  await withPrograms(
    { python3: OLD, "python3.14": OLD, "python3.13": "" },
    async () => {
      assertEquals(await pythonFrom(13), "python3.13");
    },
  );
});

Deno.test("pythonFrom() says which Python is needed, and which is there", async () => {
  await withPrograms({ python3: OLD, "python3.14": OLD }, async () => {
    await assertRejects(
      () => pythonFrom(14),
      Error,
      "Python 3.14 or newer is needed; python3 is Python 3.8.0",
    );
  });
});
