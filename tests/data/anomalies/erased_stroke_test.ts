import { assertEquals, assertThrows } from "@std/assert";
import {
  eraseDisc,
  erasedStroke,
} from "../../../lib/data/anomalies/erased_stroke.ts";
import { anomalyStream } from "../../../lib/support/random.ts";
import { ring } from "./shared.ts";

Deno.test("eraseDisc() takes the 5 pixels at most 1 from its centre", () => {
  const picture = { pixels: new Float32Array(20).fill(1), width: 5 };
  assertEquals([...eraseDisc(picture, { x: 1, y: 2, radius: 1 })], [
    ...[1, 1, 1, 1, 1],
    ...[1, 0, 1, 1, 1],
    ...[0, 0, 0, 1, 1],
    ...[1, 0, 1, 1, 1],
  ]);
});

Deno.test("erasedStroke() only takes ink, all of it within a disc of at most 4", () => {
  const picture = ring();
  const random = anomalyStream(0);
  for (let i = 0; i < 100; i++) {
    const { image, mask } = erasedStroke(picture, random);
    const erased = [...mask.keys()].filter((pixel) => mask[pixel]);
    for (const a of erased) {
      assertEquals(image[a], 0);
      for (const b of erased) {
        const dy = Math.floor(a / 28) - Math.floor(b / 28);
        assertEquals(Math.hypot(a % 28 - b % 28, dy) <= 8, true);
      }
    }
    const kept = [...image.keys()].filter((pixel) => image[pixel] !== 0);
    for (const pixel of kept) assertEquals(image[pixel], picture.pixels[pixel]);
  }
});

Deno.test("erasedStroke() wants four pixels of ink", () => {
  const pixels = new Float32Array(100);
  pixels.fill(1, 40, 43);
  assertThrows(
    () => erasedStroke({ pixels, width: 10 }, anomalyStream(0)),
    RangeError,
    "3 pixels are brighter than 0.1",
  );
  pixels.fill(1, 40, 44);
  const { mask } = erasedStroke({ pixels, width: 10 }, anomalyStream(0));
  assertEquals([...mask], [...pixels]);
});
