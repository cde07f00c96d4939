import { assertEquals, assertThrows } from "@std/assert";
import {
  cutPaste,
  inkRectangle,
} from "../../../lib/data/anomalies/cut_paste.ts";
import { anomalyStream } from "../../../lib/support/random.ts";
import { black, ring } from "./shared.ts";

Deno.test("cutPaste() pastes exactly what is in a rectangle of the donor", () => {
  // Each donor pixel has a value of its own, so that it tells where it is from.
  const pixels = Float32Array.from({ length: 320 }, (_, i) => 0.5 + i / 1000);
  const donor = { pixels, width: 20 };
  const random = anomalyStream(0);
  for (let i = 0; i < 100; i++) {
    const { image, mask } = cutPaste(black(24, 30), random, donor);
    const pasted = [...mask.keys()].filter((pixel) => mask[pixel]);
    const source = pasted.map((pixel) => pixels.indexOf(image[pixel]));
    const right = pasted.map((pixel, j) => pixel % 24 - source[j] % 20);
    const down = pasted.map((pixel, j) =>
      Math.floor(pixel / 24) - Math.floor(source[j] / 20)
    );
    assertEquals([new Set(right).size, new Set(down).size], [1, 1]);
    const columns = new Set(pasted.map((pixel) => pixel % 24)).size;
    const rows = new Set(pasted.map((pixel) => Math.floor(pixel / 24))).size;
    assertEquals(columns * rows, pasted.length);
    assertEquals(
      [columns, rows].every((side) => side >= 5 && side <= 10),
      true,
    );
  }
});

Deno.test("cutPaste() also hides the ink below the piece", () => {
  const white = { pixels: new Float32Array(784).fill(1), width: 28 };
  const { image } = cutPaste(white, anomalyStream(0), ring());
  assertEquals(Math.min(...image), 0);
});

Deno.test("cutPaste() wants a donor with ink and the same channels", () => {
  const paste = (donor: ReturnType<typeof ring>) => () =>
    cutPaste(ring(), anomalyStream(0), donor);
  assertThrows(paste(black()), RangeError, "choose an image with ink");
  assertThrows(paste(ring(28, 28, 3)), RangeError, "as many channels");
});

Deno.test("inkRectangle() stays in the picture and holds ink", () => {
  const random = anomalyStream(0);
  const pixels = new Float32Array(15 * 9);
  for (const corner of [0, 14, 120, 134]) pixels[corner] = 1;
  for (let i = 0; i < 100; i++) {
    const { x, y, width, height } = inkRectangle(
      { pixels, width: 15 },
      random,
      [3, 5],
    );
    assertEquals(x === 0 || x + width === 15, true);
    assertEquals(y === 0 || y + height === 9, true);
    assertEquals([width, height].every((side) => side >= 3 && side <= 5), true);
  }
});

Deno.test("cutPaste() reaches every edge of the picture", () => {
  const donor = { pixels: new Float32Array(400).fill(1), width: 20 };
  const random = anomalyStream(1);
  const touched = new Set<string>();
  for (let i = 0; i < 200; i++) {
    const { mask } = cutPaste(black(24, 30), random, donor);
    mask.forEach((value, pixel) => {
      if (!value) return;
      const [column, row] = [pixel % 24, Math.floor(pixel / 24)];
      if (column === 0) touched.add("left");
      if (column === 23) touched.add("right");
      if (row === 0) touched.add("top");
      if (row === 29) touched.add("bottom");
    });
  }
  assertEquals([...touched].sort(), ["bottom", "left", "right", "top"]);
});
