import { assertEquals, assertThrows } from "@std/assert";
import { connectedComponents } from "../../../lib/metrics/localization/components.ts";
import { CASES, maskFrom } from "./shared.ts";

for (const { width, masks, components } of CASES) {
  Deno.test(`connectedComponents() equals SciPy's label() on ${masks[0].length / width}×${width}`, () => {
    assertEquals(
      masks.map((mask) => connectedComponents(mask, width)),
      components,
    );
  });
}

Deno.test("connectedComponents() joins corners but not the ends of rows", () => {
  const mask = maskFrom([
    "0010",
    "0001",
    "1000",
  ]);
  assertEquals(connectedComponents(mask, 4), [[2, 7], [8]]);
});

Deno.test("connectedComponents() joins arms that meet late", () => {
  const mask = maskFrom([
    "101",
    "101",
    "010",
  ]);
  assertEquals(connectedComponents(mask, 3), [[0, 2, 3, 5, 7]]);
});

Deno.test("connectedComponents() of an empty mask is empty, of a full one all pixels", () => {
  assertEquals(connectedComponents(new Uint8Array(6), 3), []);
  assertEquals(connectedComponents(new Uint8Array(4).fill(1), 2), [[
    0,
    1,
    2,
    3,
  ]]);
});

Deno.test("connectedComponents() leaves the mask as it is", () => {
  const mask = Uint8Array.of(1, 0, 1);
  connectedComponents(mask, 3);
  assertEquals([...mask], [1, 0, 1]);
});

Deno.test("connectedComponents() throws when the width or a value is wrong", () => {
  const mask = Uint8Array.of(1, 0, 2);
  assertThrows(() => connectedComponents(mask, 2), RangeError, "width");
  assertThrows(() => connectedComponents(mask, 3), RangeError, "2 at pixel 2");
});
