import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  averagePrecision,
  pooledAveragePrecision,
} from "../../../lib/metrics/localization/average_precision.ts";
import { CASES } from "./shared.ts";

for (const { width, maps, masks, images, ...pooled } of CASES) {
  const height = maps[0].length / width;

  Deno.test(`averagePrecision() equals scikit-learn's on ${height}×${width}`, () => {
    images.forEach((image, i) =>
      assertAlmostEquals(
        averagePrecision(maps[i], masks[i]),
        image.averagePrecision,
        1e-12,
      )
    );
  });

  Deno.test(`pooledAveragePrecision() equals scikit-learn's on ${height}×${width}`, () => {
    assertAlmostEquals(
      pooledAveragePrecision(maps, masks),
      pooled.pooledAveragePrecision,
      1e-12,
    );
  });
}

Deno.test("averagePrecision() is 1 for the mask and its size's share for a constant", () => {
  const mask = Uint8Array.of(0, 1, 1, 0, 0, 0, 0, 0);
  assertEquals(averagePrecision(mask, mask), 1);
  assertEquals(averagePrecision(new Float32Array(8), mask), 0.25);
});

Deno.test("averagePrecision() leaves the maps as they are", () => {
  const map = Float64Array.of(3, 1, 2);
  averagePrecision(map, Uint8Array.of(1, 0, 1));
  assertEquals([...map], [3, 1, 2]);
});

Deno.test("averagePrecision() takes infinite values", () => {
  const mask = Uint8Array.of(1, 0, 1);
  assertEquals(averagePrecision([Infinity, -Infinity, 0], mask), 1);
});

Deno.test("averagePrecision() throws when the mask is empty or full, or the map holds NaN", () => {
  assertThrows(
    () => averagePrecision([1, 2], new Uint8Array(2)),
    RangeError,
    "no pixel is anomalous",
  );
  assertThrows(
    () => averagePrecision([1, 2], Uint8Array.of(1, 1)),
    RangeError,
    "no pixel is normal",
  );
  assertThrows(
    () => averagePrecision([NaN, 1], Uint8Array.of(1, 0)),
    RangeError,
    "NaN at pixel 0",
  );
});

Deno.test("pooledAveragePrecision() throws when a mask has another size", () => {
  assertThrows(
    () => pooledAveragePrecision([[1, 2, 3]], [Uint8Array.of(1, 0)]),
    RangeError,
    "3 pixels and its mask 2",
  );
});
