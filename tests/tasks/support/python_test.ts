import { assertEquals } from "@std/assert";
import { output } from "../../../tasks/support/process.ts";
import { OWN_PYTHON } from "../../../tasks/support/python.ts";

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
