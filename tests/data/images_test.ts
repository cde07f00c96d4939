import { assertEquals, assertThrows } from "@std/assert";
import { selectImages, toBatch } from "../../lib/data/images.ts";

const images = {
  ...{ width: 3, height: 2 },
  pixels: Uint8Array.from({ length: 24 }, (_, i) => 10 * i),
};

Deno.test("selectImages() gives the chosen images in the order asked for", () => {
  const chosen = selectImages(images, [3, 0, 3]);
  assertEquals(
    toBatch(chosen, [0, 1, 2]).dataSync(),
    toBatch(images, [3, 0, 3]).dataSync(),
  );
  assertEquals(selectImages(images, []).pixels.length, 0);
});

Deno.test("selectImages() and toBatch() refuse an image that is not there", () => {
  for (const index of [4, -1, NaN]) {
    assertThrows(() => selectImages(images, [index]), RangeError, "no image");
    assertThrows(() => toBatch(images, [index]), RangeError, "no image");
  }
});
