import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  maskDistance,
  pointingGame,
  topKPrecision,
} from "../../../lib/metrics/localization/top_pixels.ts";
import { CASES, maskFrom } from "./shared.ts";

for (const { width, maps, masks, images } of CASES) {
  const size = `${maps[0].length / width}×${width}`;

  Deno.test(`topKPrecision() equals NumPy's stable sort on ${size}`, () => {
    images.forEach((image, i) =>
      assertAlmostEquals(
        topKPrecision(maps[i], masks[i]),
        image.topKPrecision,
        1e-12,
      )
    );
  });

  Deno.test(`maskDistance() equals SciPy's directed Hausdorff distance on ${size}`, () => {
    images.forEach((image, i) =>
      assertAlmostEquals(
        maskDistance(maps[i], masks[i], width),
        image.maskDistance,
        1e-12,
      )
    );
  });

  Deno.test(`pointingGame() hits from SciPy's distance on, not before, on ${size}`, () => {
    images.forEach(({ pointingDistance: distance }, i) => {
      const hit = (tolerance: number) =>
        pointingGame(maps[i], masks[i], width, { tolerance });
      assertEquals(hit(distance + 1e-9), true);
      if (distance > 0) assertEquals(hit(distance - 1e-9), false);
    });
  });
}

Deno.test("a map that is the mask has precision 1, distance 0 and a hit", () => {
  const mask = maskFrom(["00100", "01100"]);
  assertEquals(topKPrecision(mask, mask), 1);
  assertEquals(maskDistance(mask, mask, 5), 0);
  assertEquals(pointingGame(mask, mask, 5), true);
});

Deno.test("ties go to the lower index: a constant map points to the first pixels", () => {
  const map = new Float32Array(6);
  assertEquals(topKPrecision(map, maskFrom(["011000"])), 0.5);
  assertEquals(pointingGame(map, maskFrom(["011000"]), 6), false);
  assertEquals(pointingGame(map, maskFrom(["110000"]), 6), true);
});

Deno.test("maskDistance() asks the map's pixels for matches, not the mask's", () => {
  // Both top pixels lie on or beside the mask, whose far end has no match.
  assertEquals(maskDistance([9, 8, 1, 1, 1, 1], maskFrom(["100001"]), 6), 1);
});

Deno.test("pointingGame() measures the tolerance along diagonals", () => {
  const mask = maskFrom(["100", "000"]);
  const map = [1, 1, 1, 1, 9, 1];
  assertEquals(pointingGame(map, mask, 3, { tolerance: 1.4 }), false);
  assertEquals(pointingGame(map, mask, 3, { tolerance: Math.SQRT2 }), true);
});

Deno.test("pointingGame() throws when the tolerance is below 0 or NaN", () => {
  for (const tolerance of [-1, NaN]) {
    assertThrows(
      () => pointingGame([1, 2], Uint8Array.of(1, 0), 2, { tolerance }),
      RangeError,
      "0 or more",
    );
  }
});

const MEASURES = {
  topKPrecision: (map: number[], mask: Uint8Array) => topKPrecision(map, mask),
  maskDistance: (map: number[], mask: Uint8Array) => maskDistance(map, mask, 2),
  pointingGame: (map: number[], mask: Uint8Array) => pointingGame(map, mask, 2),
};
for (const [name, measure] of Object.entries(MEASURES)) {
  Deno.test(`${name}() throws when the mask is empty, full or of another size, or the map holds NaN`, () => {
    const throws = (map: number[], mask: number[], message: string) =>
      assertThrows(
        () => measure(map, Uint8Array.from(mask)),
        RangeError,
        message,
      );
    throws([1, 2], [0, 0], "no pixel is anomalous");
    throws([1, 2], [1, 1], "no pixel is normal");
    throws([1, 2, 3], [1, 0], "3 pixels and its mask 2");
    throws([1, NaN], [1, 0], "NaN at pixel 1");
    throws([1, 2], [1, 3], "3 at pixel 1");
  });
}

Deno.test("maskDistance() and pointingGame() throw when the width does not divide the mask", () => {
  const mask = Uint8Array.of(1, 0, 0);
  assertThrows(() => maskDistance([1, 2, 3], mask, 2), RangeError, "width");
  assertThrows(() => pointingGame([1, 2, 3], mask, 2), RangeError, "width");
});
