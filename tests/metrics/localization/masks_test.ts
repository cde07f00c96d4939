import { assertEquals, assertThrows } from "@std/assert";
import {
  anomalousPixels,
  checkWidth,
  countAnomalous,
  splitPixels,
} from "../../../lib/metrics/localization/masks.ts";

const ONE = Uint8Array.of(1, 0);

Deno.test("splitPixels() puts the values of all images in two groups, in order", () => {
  const { normal, anomalous } = splitPixels(
    [Float32Array.of(3, 1, 2), [6, 5]],
    [Uint8Array.of(0, 1, 0), Uint8Array.of(1, 1)],
  );
  assertEquals([...normal], [3, 2]);
  assertEquals([...anomalous], [1, 6, 5]);
});

Deno.test("splitPixels() takes an image without an anomaly beside one with", () => {
  const { normal } = splitPixels([[1, 2], [3, 4]], [ONE, new Uint8Array(2)]);
  assertEquals([...normal], [2, 3, 4]);
});

Deno.test("splitPixels() throws when masks are missing or differ in size", () => {
  assertThrows(() => splitPixels([[1, 2]], []), RangeError, "1 maps and 0");
  assertThrows(
    () => splitPixels([[1, 2], [1, 2, 3]], [ONE, ONE]),
    RangeError,
    "3 pixels and its mask 2",
  );
});

Deno.test("splitPixels() throws when all pixels are of one kind", () => {
  assertThrows(() => splitPixels([], []), RangeError, "no pixel is anomalous");
  assertThrows(
    () => splitPixels([[1, 2]], [new Uint8Array(2)]),
    RangeError,
    "no pixel is anomalous",
  );
  assertThrows(
    () => splitPixels([[1, 2]], [Uint8Array.of(1, 1)]),
    RangeError,
    "no pixel is normal",
  );
});

Deno.test("splitPixels() throws when a map holds NaN and says where", () => {
  assertThrows(
    () => splitPixels([[1, 2], [3, NaN]], [ONE, ONE]),
    RangeError,
    "map 1 holds NaN at pixel 1",
  );
});

Deno.test("anomalousPixels() lists the pixels of the mask", () => {
  assertEquals(anomalousPixels([9, 8, 7], Uint8Array.of(1, 0, 1)), [0, 2]);
});

Deno.test("anomalousPixels() throws when sizes differ or all pixels are of one kind", () => {
  assertThrows(() => anomalousPixels([1], ONE), RangeError, "its mask 2");
  assertThrows(
    () => anomalousPixels([1, 2], new Uint8Array(2)),
    RangeError,
    "no pixel is anomalous",
  );
  assertThrows(
    () => anomalousPixels([1, 2], Uint8Array.of(1, 1)),
    RangeError,
    "no pixel is normal",
  );
});

Deno.test("countAnomalous() throws when a mask holds 255", () => {
  assertEquals(countAnomalous(ONE), 1);
  assertThrows(
    () => countAnomalous(Uint8Array.of(0, 255)),
    RangeError,
    "255 at pixel 1",
  );
});

for (const width of [0, -1, 1.5, 4, NaN]) {
  Deno.test(`checkWidth() throws when the width is ${width} and there are 6 pixels`, () => {
    assertThrows(() => checkWidth(new Uint8Array(6), width), RangeError, "6");
  });
}

Deno.test("checkWidth() takes columns of one pixel, and one row", () => {
  checkWidth(new Uint8Array(6), 1);
  checkWidth(new Uint8Array(6), 6);
});
