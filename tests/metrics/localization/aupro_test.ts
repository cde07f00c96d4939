import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { aupro } from "../../../lib/metrics/localization/aupro.ts";
import { pixelAuroc } from "../../../lib/metrics/localization/pixel_auroc.ts";
import { randomStream, uniform } from "../../../lib/support/random.ts";
import { CASES, maskFrom } from "./shared.ts";

for (const { width, maps, masks, aupro: areas } of CASES) {
  for (const { maxFpr, value } of areas) {
    Deno.test(`aupro() equals the curve's trapezoids on ${maps[0].length / width}×${width} to ${maxFpr}`, () => {
      assertAlmostEquals(aupro(maps, masks, width, { maxFpr }), value, 1e-12);
    });
  }
}

Deno.test("aupro() goes to 0.3 unless told otherwise", () => {
  const { width, maps, masks } = CASES[0];
  assertEquals(
    aupro(maps, masks, width),
    aupro(maps, masks, width, { maxFpr: 0.3 }),
  );
});

Deno.test("aupro() is 1 for the mask, 0 for its opposite, maxFpr/2 for a constant", () => {
  const mask = maskFrom(["10010", "00010", "00000"]);
  assertAlmostEquals(aupro([mask], [mask], 5), 1);
  assertEquals(aupro([mask.map((value) => 1 - value)], [mask], 5), 0);
  assertAlmostEquals(aupro([new Float32Array(15)], [mask], 5), 0.15);
});

Deno.test("aupro() gives a region of one pixel the weight of a large one", () => {
  const mask = maskFrom(["11110010"]);
  assertAlmostEquals(aupro([[9, 9, 9, 9, 5, 5, 1, 5]], [mask], 8), 0.5);
  assertAlmostEquals(aupro([[1, 1, 1, 1, 5, 5, 9, 5]], [mask], 8), 0.5);
});

Deno.test("aupro() weighs regions, not images", () => {
  const masks = [maskFrom(["10100"]), maskFrom(["11100"])];
  // Both regions of the first image are found, that of the second is not.
  const maps = [[9, 5, 9, 5, 5], [1, 1, 1, 5, 5]];
  assertAlmostEquals(aupro(maps, masks, 5), 2 / 3);
});

Deno.test("aupro() of one region to a rate of 1 is its pixelAuroc()", () => {
  const random = randomStream(5, "order");
  const mask = maskFrom(["0110", "0010", "0000"]);
  for (let round = 0; round < 50; round++) {
    const map = Array.from(mask, () => Math.floor(uniform(random, 0, 6)));
    assertAlmostEquals(
      aupro([map], [mask], 4, { maxFpr: 1 }),
      pixelAuroc(map, mask),
      1e-12,
    );
  }
});

for (const maxFpr of [0, -0.1, 1.1, NaN]) {
  Deno.test(`aupro() throws when maxFpr is ${maxFpr}`, () => {
    assertThrows(
      () => aupro([[1, 2]], [Uint8Array.of(1, 0)], 2, { maxFpr }),
      RangeError,
      "above 0 and at most 1",
    );
  });
}

Deno.test("aupro() throws when no pixel or every pixel is anomalous", () => {
  assertThrows(
    () => aupro([[1, 2]], [new Uint8Array(2)], 2),
    RangeError,
    "no pixel is anomalous",
  );
  assertThrows(
    () => aupro([[1, 2]], [Uint8Array.of(1, 1)], 2),
    RangeError,
    "no pixel is normal",
  );
});

Deno.test("aupro() throws when sizes differ, the width is wrong or a map holds NaN", () => {
  const masks = [Uint8Array.of(1, 0)];
  assertThrows(() => aupro([[1]], masks, 2), RangeError, "its mask 2");
  assertThrows(() => aupro([], masks, 2), RangeError, "0 maps and 1 masks");
  assertThrows(() => aupro([[1, 2]], masks, 3), RangeError, "width");
  assertThrows(() => aupro([[1, NaN]], masks, 2), RangeError, "NaN at pixel 1");
});
