import { assertEquals, assertThrows } from "@std/assert";
import {
  countImages,
  firstImages,
  imageValues,
  selectImages,
  toBatch,
} from "../../lib/data/images.ts";

const images = {
  ...{ width: 3, height: 2, channels: 1 },
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
  for (const index of [4, -1, 0.5, NaN]) {
    assertThrows(() => selectImages(images, [index]), RangeError, "no image");
    assertThrows(() => toBatch(images, [index]), RangeError, "no image");
    assertThrows(() => imageValues(images, index), RangeError, "no image");
  }
});

Deno.test("toBatch() and selectImages() keep the channels of a colour image together", () => {
  const colour = {
    ...{ height: 1, width: 2, channels: 3 },
    pixels: Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255),
  };
  const batch = toBatch(colour, [1]);
  assertEquals(batch.shape, [1, 1, 2, 3]);
  assertEquals([...batch.dataSync()], [0, 0, 1, 1, 1, 1]);
  assertEquals(countImages(colour), 2);
  assertEquals(selectImages(colour, [0]), {
    ...colour,
    pixels: colour.pixels.subarray(0, 6),
  });
  assertThrows(() => toBatch(colour, [2]), RangeError, "no image");
});

Deno.test("selectImages() and firstImages() keep the labels, masks and sources of the images", () => {
  const labelled = {
    ...{ height: 1, width: 2, channels: 1, pixels: Uint8Array.of(1, 2, 3, 4) },
    ...{ labels: Uint8Array.of(7, 8), masks: Uint8Array.of(0, 1, 1, 0) },
    sources: ["a", "b"],
  };
  assertEquals(selectImages(labelled, [1, 0, 1]), {
    ...{ height: 1, width: 2, channels: 1 },
    pixels: Uint8Array.of(3, 4, 1, 2, 3, 4),
    labels: Uint8Array.of(8, 7, 8),
    masks: Uint8Array.of(1, 0, 0, 1, 1, 0),
    sources: ["b", "a", "b"],
  });
  assertEquals(firstImages(labelled, 1).labels, Uint8Array.of(7));
});

Deno.test("countImages() refuses pixels that are no bytes, and a size that they do not fit", () => {
  const size = { height: 1, width: 2, channels: 1 };
  const floats = Float32Array.of(0.5, 1) as never;
  assertThrows(
    () => toBatch({ ...size, pixels: floats }, [0]),
    RangeError,
    "bytes, 0 to 255",
  );
  assertThrows(
    () => toBatch({ ...size, pixels: new Uint8Array(5) }, [0]),
    RangeError,
    "5 values are no whole number of images of 1×2×1",
  );
});
