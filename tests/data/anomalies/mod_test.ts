import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import {
  ANOMALIES,
  type AnomalyKind,
  makeAnomalies,
} from "../../../lib/data/anomalies/mod.ts";
import { anomalyStream } from "../../../lib/support/random.ts";
import { sha256 } from "../../../lib/support/sha256.ts";
import { assertSound, black, ring } from "./shared.ts";

const KINDS = Object.keys(ANOMALIES) as AnomalyKind[];

/** Six rings, each fainter than the one before; digits 0, 1, 7, 0, 1, 7. */
const IMAGES = {
  width: 20,
  height: 16,
  channels: 1,
  labels: Uint8Array.of(0, 1, 7, 0, 1, 7),
  pixels: Uint8Array.from(
    [255, 245, 235, 225, 215, 205].flatMap((ink) =>
      Array.from(ring(20, 16).pixels, (value) => value * ink)
    ),
  ),
};
const OPTIONS = { normalClasses: [0, 1], seed: 5, count: 4 };

const pixelsOf = (index: number) =>
  Float32Array.from(
    IMAGES.pixels.subarray(320 * index, 320 * (index + 1)),
    (byte) => byte / 255,
  );

for (const kind of KINDS) {
  for (
    const [width, height, channels] of [[28, 28, 1], [20, 13, 1], [18, 22, 3]]
  ) {
    Deno.test(`${kind}: mask and values are right on ${width}×${height}×${channels}`, () => {
      const picture = ring(width, height, channels);
      const before = picture.pixels.slice();
      const random = anomalyStream(1);
      for (let i = 0; i < 20; i++) {
        const donor = ring(width + 3, height + 5, channels);
        assertSound(picture, ANOMALIES[kind](picture, random, donor));
      }
      assertEquals(picture.pixels, before, "the picture was written to");
    });
  }

  Deno.test(`${kind}: the same seed gives the same bits, another seed others`, () => {
    const anomalies = makeAnomalies(kind, IMAGES, OPTIONS);
    assertEquals(makeAnomalies(kind, IMAGES, OPTIONS), anomalies);
    assertNotEquals(
      makeAnomalies(kind, IMAGES, { ...OPTIONS, seed: 6 })
        .map(({ image }) => image),
      anomalies.map(({ image }) => image),
    );
  });

  Deno.test(`${kind}: values no picture has, or rows that are not whole, are refused`, () => {
    const make = (pixels: number[], width: number) => () =>
      ANOMALIES[kind](
        { pixels: Float32Array.from(pixels), width },
        anomalyStream(0),
        ring(),
      );
    assertThrows(make([0, 2, 0, 0], 2), RangeError, "from 0 to 1");
    assertThrows(make([0, NaN, 0, 0], 2), RangeError, "from 0 to 1");
    assertThrows(make([0, 0, 0], 2), RangeError, "whole rows");
  });

  Deno.test(`${kind}: a picture too small for four pixels of anomaly is refused`, () => {
    assertThrows(
      () =>
        ANOMALIES[kind](
          { pixels: new Float32Array(12).fill(0.5), width: 4 },
          anomalyStream(0),
          ring(),
        ),
      RangeError,
      "no anomaly of 4 pixels",
    );
  });
}

Deno.test("erased_stroke and shifted_piece ask for ink", () => {
  for (const kind of ["erased_stroke", "shifted_piece"] as const) {
    assertThrows(
      () => ANOMALIES[kind](black(), anomalyStream(0), ring()),
      RangeError,
      "choose an image with ink",
    );
  }
});

Deno.test("makeAnomalies() takes each normal image once before any comes again", () => {
  const indices = makeAnomalies("blob", IMAGES, { ...OPTIONS, count: 10 })
    .map(({ index }) => index);
  assertEquals(indices.slice(0, 4).toSorted(), [0, 1, 3, 4]);
  assertEquals(indices.slice(4, 8), indices.slice(0, 4));
  assertEquals(indices.slice(8), indices.slice(0, 2));
});

Deno.test("makeAnomalies() puts every kind on the same images, in the same order", () => {
  const orders = KINDS.map((kind) =>
    makeAnomalies(kind, IMAGES, OPTIONS).map(({ index }) => index)
  );
  assertEquals(orders, KINDS.map(() => orders[0]));
});

Deno.test("makeAnomalies() gives the first of more when fewer are asked for", () => {
  for (const kind of KINDS) {
    assertEquals(
      makeAnomalies(kind, IMAGES, { ...OPTIONS, count: 2 }),
      makeAnomalies(kind, IMAGES, OPTIONS).slice(0, 2),
    );
  }
  assertEquals(makeAnomalies("blob", IMAGES, { ...OPTIONS, count: 0 }), []);
});

Deno.test("makeAnomalies() draws anew when an image comes again", () => {
  const [first, , , , again] = makeAnomalies("scratch", IMAGES, {
    ...OPTIONS,
    count: 5,
  });
  assertEquals(first.index, again.index);
  assertNotEquals(first.mask, again.mask);
});

Deno.test("makeAnomalies() puts the mask where the image of that index changed", () => {
  for (const kind of KINDS) {
    for (const anomaly of makeAnomalies(kind, IMAGES, OPTIONS)) {
      const picture = { pixels: pixelsOf(anomaly.index), width: 20 };
      assertSound(picture, anomaly);
    }
  }
});

Deno.test("makeAnomalies() cuts pieces from novel digits only", () => {
  // Normal digits are black, so all light comes from the gray novel one.
  const pixels = new Uint8Array(3 * 320);
  pixels.fill(51, 640);
  const images = { ...IMAGES, pixels, labels: Uint8Array.of(0, 1, 9) };
  for (const { image } of makeAnomalies("cut_paste", images, OPTIONS)) {
    assertEquals(new Set(image), new Set([0, Math.fround(0.2)]));
  }
});

Deno.test("makeAnomalies() takes the next image where one has no room for the anomaly", () => {
  const pixels = IMAGES.pixels.slice();
  pixels.fill(0, 320, 640); // Image 1 has no ink to erase.
  const images = { ...IMAGES, pixels };
  const indices = makeAnomalies("erased_stroke", images, OPTIONS)
    .map(({ index }) => index);
  assertEquals(new Set(indices), new Set([0, 3, 4]));
  assertThrows(
    () =>
      makeAnomalies("erased_stroke", { ...images, pixels: pixels.fill(0) }, {
        ...OPTIONS,
        count: 1,
      }),
    RangeError,
    "no normal image can have the anomaly erased_stroke: ",
  );
});

Deno.test("makeAnomalies() asks for normal and novel images", () => {
  const only = (label: number) => ({
    ...IMAGES,
    labels: new Uint8Array(6).fill(label),
  });
  for (const label of [0, 7]) {
    assertThrows(
      () => makeAnomalies("blob", only(label), OPTIONS),
      RangeError,
      "normal and of novel classes",
    );
  }
});

/** SHA-256 of the default anomalies of each kind, as results were recorded. */
const RECORDED: Record<AnomalyKind, string> = {
  blob: "bae5bce465dd99cae2500b185f6fcc836d7ea37a6cf75265dd7d76e5ab5a60a4",
  scratch: "ee5323f42fbcf9b1b8d332992482e48f268032ef030fa38d549d69a336a39253",
  erased_stroke:
    "c94f25c0b329fb0c6d054520f09b672e67c0a1e5f22e3ed1103050d8833dd924",
  perlin: "30ed93315628eeaa647cd5352fe9bcada637600988d18ca43c825f234428f21a",
  cut_paste: "3d4dc98b1cc8bc629d36ae650443b8cb0195c1b2aeedb6764d2993d9fe4e9a4d",
  shifted_piece:
    "a2d6e423007fc81f22a772407f9ca6e93a7b5ae31a92dd2d224e4604aca38e8a",
};

for (const kind of KINDS) {
  Deno.test(`makeAnomalies("${kind}") gives the bits that results were recorded with`, async () => {
    const anomalies = makeAnomalies(kind, IMAGES, { ...OPTIONS, count: 8 });
    const parts = anomalies.flatMap(({ index, image, mask }) => [
      ...new Uint8Array(Uint32Array.of(index).buffer),
      ...new Uint8Array(image.slice().buffer),
      ...mask,
    ]);
    assertEquals(await sha256(Uint8Array.from(parts)), RECORDED[kind]);
  });
}

Deno.test("makeAnomalies() takes the images in an order of the seed's, the same for every kind", () => {
  const order = (kind: AnomalyKind, seed: number) =>
    makeAnomalies(kind, IMAGES, { ...OPTIONS, seed }).map(({ index }) => index);
  const orders = [0, 1, 2, 3].map((seed) => {
    const first = order("blob", seed);
    for (const kind of KINDS) assertEquals(order(kind, seed), first);
    return String(first);
  });
  assertEquals(new Set(orders).size > 1, true);
});

Deno.test("makeAnomalies() takes pictures in colour, and classes beyond ten", () => {
  const grey = Array.from(IMAGES.pixels);
  const colour = {
    ...{ ...IMAGES, channels: 3 },
    pixels: Uint8Array.from(grey.flatMap((value) => [value, value, value])),
    labels: Uint8Array.of(0, 11, 7, 0, 11, 7),
  };
  const options = {
    ...{ ...OPTIONS, normalClasses: [0, 11] },
    classes: Array.from("abcdefghijkl"),
  };
  const inGrey = makeAnomalies("blob", IMAGES, OPTIONS);
  const inColour = makeAnomalies("blob", colour, options);
  assertEquals(
    inColour.map(({ image }) => image.filter((_, i) => i % 3 === 1)),
    inGrey.map(({ image }) => image),
  );
  assertEquals(
    inColour.map(({ mask, index }) => ({ mask, index })),
    inGrey.map(({ mask, index }) => ({ mask, index })),
  );
});
