import { assertEquals, assertThrows } from "@std/assert";
import {
  realDefects,
  typicalDefect,
} from "../../../lib/studies/localization/real_defects.ts";

/** Pictures of 1×2 pixels with three channels, the first one good. */
const masks = [[0, 0], [0, 0], [1, 0], [0, 1], [1, 1], [1, 0], [1, 0]];
const test = {
  ...{ height: 1, width: 2, channels: 3 },
  pixels: Uint8Array.from({ length: 7 * 6 }, (_, i) => i),
  labels: Uint8Array.of(0, 1, 1, 1, 1, 1, 2),
  masks: Uint8Array.from(masks.flat()),
};
const classes = ["good", "hole", "crack"];

Deno.test("realDefects() has the images that a mask tells of, with their channels, and no kind of one image", () => {
  const defects = realDefects(test, { classes, normalClasses: [0] });
  assertEquals(Object.keys(defects), ["hole"]);
  assertEquals(defects.hole.map(({ mask }) => [...mask]), [
    ...[[1, 0], [0, 1], [1, 0]],
  ]);
  assertEquals(
    [...defects.hole[0].image],
    [12, 13, 14, 15, 16, 17].map((byte) => Math.fround(byte / 255)),
  );
});

Deno.test("realDefects() takes none of a normal class", () => {
  assertThrows(
    () => realDefects(test, { classes, normalClasses: [0, 1] }),
    RangeError,
    "or other normal classes than good, hole",
  );
});

Deno.test("typicalDefect() has the median area, the larger of two in the middle", () => {
  const defects = [3, 1, 4, 2].map((area) => ({
    image: new Float32Array(4),
    mask: Uint8Array.from({ length: 4 }, (_, i) => i < area ? 1 : 0),
  }));
  const area = typicalDefect(defects).mask.filter((value) => value).length;
  assertEquals(area, 3);
  assertEquals(typicalDefect(defects.slice(0, 1)), defects[0]);
});

Deno.test("realDefects() refuses masks of 0 and 255, and typicalDefect() no image", () => {
  const test = {
    ...{ height: 1, width: 2, channels: 1, pixels: new Uint8Array(4) },
    ...{ labels: Uint8Array.of(1, 1), masks: Uint8Array.of(0, 255, 255, 0) },
  };
  assertThrows(
    () => realDefects(test, { classes: ["good", "bad"], normalClasses: [0] }),
    RangeError,
    "masks are 1 where a pixel is defective",
  );
  assertThrows(() => typicalDefect([]), RangeError, "no image");
});
