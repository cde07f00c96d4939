import { assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

Deno.test("kernel installs this Deno, to be interrupted by message and not by a signal", async () => {
  const home = await Deno.makeTempDir();
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", "--no-check", "tasks/jupyter/kernel.ts"],
    cwd: ROOT,
    // Where Jupyter looks on Linux, macOS and Windows.
    env: { HOME: home, JUPYTER_DATA_DIR: `${home}/jupyter`, APPDATA: home },
  }).output();
  assertEquals(code, 0);
  const folder = new TextDecoder().decode(stdout)
    .match(/installed in (.*); open/)![1];
  assertStringIncludes(folder, home);
  const description = JSON.parse(
    await Deno.readTextFile(`${folder}/kernel.json`),
  );
  assertEquals(description.interrupt_mode, "message");
  assertEquals(description.argv[0], Deno.execPath());
  await Deno.remove(home, { recursive: true });
});
