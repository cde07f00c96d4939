import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  pixelAuroc,
  pooledAuroc,
} from "../../../lib/metrics/localization/pixel_auroc.ts";
import { CASES } from "./shared.ts";

for (const { width, maps, masks, images, pooledAuroc: pooled } of CASES) {
  const height = maps[0].length / width;

  Deno.test(`pixelAuroc() equals scikit-learn's on ${height}×${width}`, () => {
    images.forEach(({ auroc }, i) =>
      assertAlmostEquals(pixelAuroc(maps[i], masks[i]), auroc, 1e-12)
    );
  });

  Deno.test(`pooledAuroc() equals scikit-learn's on ${height}×${width}`, () => {
    assertAlmostEquals(pooledAuroc(maps, masks), pooled, 1e-12);
  });
}

Deno.test("pixelAuroc() is 1 for the mask, 0 for its opposite, 0.5 for a constant", () => {
  const mask = Uint8Array.of(0, 1, 1, 0, 0, 0);
  assertEquals(pixelAuroc(mask, mask), 1);
  assertEquals(pixelAuroc(mask.map((value) => 1 - value), mask), 0);
  assertEquals(pixelAuroc(new Float32Array(6), mask), 0.5);
});

Deno.test("pixelAuroc() throws when the mask is empty or full, or the map holds NaN", () => {
  assertThrows(
    () => pixelAuroc([1, 2], new Uint8Array(2)),
    RangeError,
    "no pixel is anomalous",
  );
  assertThrows(
    () => pixelAuroc([1, 2], Uint8Array.of(1, 1)),
    RangeError,
    "no pixel is normal",
  );
  assertThrows(
    () => pixelAuroc([1, NaN], Uint8Array.of(1, 0)),
    RangeError,
    "NaN at pixel 1",
  );
});

Deno.test("pooledAuroc() throws when there are fewer masks than maps", () => {
  assertThrows(
    () => pooledAuroc([[1, 2], [3, 4]], [Uint8Array.of(1, 0)]),
    RangeError,
    "2 maps and 1 masks",
  );
});
