import { assertEquals, assertRejects } from "@std/assert";
import { writeAtomically } from "../../lib/support/write_atomically.ts";

Deno.test("writeAtomically() writes bytes and text, and takes the place of what was there", async () => {
  const folder = await Deno.makeTempDir();
  await writeAtomically(`${folder}/a`, Uint8Array.of(1, 2, 3));
  assertEquals(await Deno.readFile(`${folder}/a`), Uint8Array.of(1, 2, 3));
  await writeAtomically(`${folder}/a`, "é");
  assertEquals(await Deno.readTextFile(`${folder}/a`), "é");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("writeAtomically() leaves nothing behind where it cannot write", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/a`);
  await Deno.writeTextFile(`${folder}/a/b`, "in the way");
  await assertRejects(() => writeAtomically(`${folder}/a`, "text"));
  const names = (await Array.fromAsync(Deno.readDir(folder))).map((entry) =>
    entry.name
  );
  assertEquals(names, ["a"]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("writeAtomically() lets several write one file, of which the last one whole stays", async () => {
  const folder = await Deno.makeTempDir();
  const texts = ["a", "b", "c", "d"].map((letter) => letter.repeat(100_000));
  await Promise.all(
    texts.map((text) => writeAtomically(`${folder}/file`, text)),
  );
  const names = (await Array.fromAsync(Deno.readDir(folder))).map((entry) =>
    entry.name
  );
  assertEquals(names, ["file"]);
  const written = await Deno.readTextFile(`${folder}/file`);
  assertEquals(texts.includes(written), true);
  await Deno.remove(folder, { recursive: true });
});
