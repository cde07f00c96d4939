import { assertEquals, assertThrows } from "@std/assert";
import {
  shiftedPiece,
  shiftRectangle,
  shifts,
} from "../../../lib/data/anomalies/shifted_piece.ts";
import { anomalyStream } from "../../../lib/support/random.ts";
import { ring } from "./shared.ts";

Deno.test("shiftRectangle() moves a known piece and loses what leaves the picture", () => {
  const picture = {
    pixels: Float32Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8),
    width: 4,
  };
  const piece = { x: 1, y: 0, width: 2, height: 1 };
  const moved = (right: number, down: number) => [
    ...shiftRectangle(picture, piece, [right, down]),
  ];
  const [a, b, c, d, e, f, g, h] = picture.pixels;
  assertEquals(moved(0, 1), [a, 0, 0, d, e, b, c, h]);
  assertEquals(moved(2, 0), [a, 0, 0, b, e, f, g, h]);
  assertEquals(moved(-2, 1), [a, 0, 0, d, c, f, g, h]);
  assertEquals(moved(0, -1), [a, 0, 0, d, e, f, g, h]);
  assertEquals(moved(0, 0), [a, b, c, d, e, f, g, h]);
});

Deno.test("shifts() counts the points of a ring on the grid", () => {
  // Points of the circle problem: 113 up to radius 6, of which 5 are within 1.
  assertEquals(shifts([0, 6]).length, 113);
  assertEquals(shifts([2, 6]).length, 113 - 9);
  assertEquals(shifts([5, 5]).length, 12);
});

Deno.test("shiftedPiece() adds no ink that was not there", () => {
  const picture = ring(22, 26, 3);
  const random = anomalyStream(0);
  const total = (values: Float32Array) => values.reduce((a, b) => a + b, 0);
  const known = new Set(picture.pixels);
  for (let i = 0; i < 100; i++) {
    const { image } = shiftedPiece(picture, random);
    assertEquals(total(image) <= total(picture.pixels) + 1e-3, true);
    assertEquals(image.every((value) => known.has(value)), true);
  }
});

Deno.test("shiftedPiece() wants a distance that whole pixels can have", () => {
  assertThrows(
    () => shiftedPiece(ring(), anomalyStream(0), { distance: [0.2, 0.8] }),
    RangeError,
    "choose a wider range",
  );
});
