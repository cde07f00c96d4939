import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { randomStream, uniform } from "../../../lib/support/random.ts";
import {
  SIMILARITIES,
  similarities,
} from "../../../lib/metrics/similarity/mod.ts";

const [WIDTH, HEIGHT] = [14, 21];
const draw = (seed: number) => {
  const random = randomStream(seed, "figure");
  return Float32Array.from(
    { length: WIDTH * HEIGHT },
    () => uniform(random, -1, 1),
  );
};
const map = draw(0);

Deno.test("similarities() are all 1 for equal maps, and for one scaled", () => {
  for (const other of [map, map.map((value) => value / 8)]) {
    for (
      const [name, value] of Object.entries(similarities(map, other, WIDTH))
    ) {
      assertAlmostEquals(value, 1, 1e-6, name);
    }
  }
});

Deno.test("similarities() with signs see a flipped sign, the others do not", () => {
  const values = similarities(map, map.map((value) => -value), WIDTH);
  for (const [name, value] of Object.entries(values)) {
    assertAlmostEquals(value, name.includes("signs") ? -1 : 1, 1e-6, name);
  }
});

Deno.test("similarities() of unrelated maps are near chance", () => {
  const values = similarities(map, draw(7), WIDTH);
  assertEquals(Object.keys(values), Object.keys(SIMILARITIES));
  // K²/pixels = 10/294 of the top 10.
  assertEquals(values["top-10 agreement"] <= 0.2, true);
  for (const name of ["Spearman, absolute values", "Spearman, with signs"]) {
    assertAlmostEquals(values[name], 0, 0.15, name);
  }
  assertAlmostEquals(values["SSIM"], 0, 0.15);
});

Deno.test("SSIM of maps of zeros is 1: they are equal", () => {
  const zeros = new Float32Array(map.length);
  assertEquals(SIMILARITIES["SSIM"](zeros, zeros, WIDTH), 1);
});

Deno.test("similarities() refuse constant maps, NaN and other sizes", () => {
  const constant = new Float32Array(map.length).fill(2);
  assertThrows(() => similarities(map, constant, WIDTH), RangeError);
  assertThrows(() => similarities(map, map.slice(WIDTH), WIDTH), RangeError);
  assertThrows(
    () => similarities(map, map.map((v, i) => i === 3 ? NaN : v), WIDTH),
    RangeError,
    "NaN",
  );
});

Deno.test("similarities() counts the shared pixels of the top 10", () => {
  const bright = (from: number) =>
    Float32Array.from(map, (_, i) => i >= from && i < from + 10 ? 9 : i / 1e3);
  const alike = similarities(bright(20), bright(23), WIDTH);
  assertEquals(alike["top-10 agreement"], 0.7);
});
