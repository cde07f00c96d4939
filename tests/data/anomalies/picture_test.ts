import { assertEquals, assertThrows } from "@std/assert";
import { pictureSize } from "../../../lib/data/anomalies/picture.ts";

Deno.test("pictureSize() takes a single row, and refuses a picture without pixels", () => {
  assertEquals(
    pictureSize({ pixels: new Float32Array(3), width: 3 }),
    { width: 3, height: 1, channels: 1 },
  );
  assertThrows(
    () => pictureSize({ pixels: new Float32Array(0), width: 3 }),
    RangeError,
    "0 values are no rows of 3 pixels",
  );
});
