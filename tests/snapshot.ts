import { assertEquals } from "@std/assert";

/**
 * Asserts that a value is as recorded in tests/snapshots. After a wanted
 * change `UPDATE_SNAPSHOTS=1 deno task test tests/figures` records it anew.
 */
export async function assertSnapshot(name: string, value: unknown) {
  const file = new URL(`./snapshots/${name}`, import.meta.url);
  const text = typeof value === "string"
    ? value
    : JSON.stringify(value, null, 2) + "\n";
  if (Deno.env.has("UPDATE_SNAPSHOTS")) {
    await Deno.mkdir(new URL("./snapshots", import.meta.url), {
      recursive: true,
    });
    await Deno.writeTextFile(file, text);
  }
  assertEquals(text, await Deno.readTextFile(file));
}
