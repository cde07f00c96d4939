import { assertEquals } from "@std/assert";
import { isZip } from "../../lib/weights/zip.ts";

Deno.test("isZip() looks for a zip's first four bytes at the very beginning", () => {
  const start = [0x50, 0x4b, 3, 4];
  const cases: [number[], boolean][] = [
    [start, true],
    [[...start, 20, 0], true],
    [[0, ...start], false],
    [start.slice(0, 3), false],
    [[0x50, 0x4b, 5, 6], false],
    [[], false],
  ];
  for (const [bytes, expected] of cases) {
    assertEquals(isZip(Uint8Array.from(bytes)), expected, `${bytes}`);
  }
});
