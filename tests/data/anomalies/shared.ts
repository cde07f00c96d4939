import { assertEquals } from "@std/assert";
import type { Anomaly, Picture } from "../../../lib/data/anomalies/picture.ts";

/** A ring of ink, as an MNIST 0 has it, with soft edges. */
export function ring(width = 28, height = 28, channels = 1): Picture {
  const pixels = Float32Array.from(
    { length: width * height * channels },
    (_, i) => {
      const pixel = Math.floor(i / channels);
      const x = pixel % width - (width - 1) / 2;
      const y = Math.floor(pixel / width) - (height - 1) / 2;
      const radius = Math.min(width, height) / 4;
      const ink = 2 - Math.abs(Math.hypot(x, y) - radius);
      // Channels of different strength, to tell them apart.
      return Math.min(1, Math.max(0, ink)) / (1 + i % channels);
    },
  );
  return { pixels, width, channels };
}

/** A picture without ink. */
export function black(width = 28, height = 28): Picture {
  return { pixels: new Float32Array(width * height), width };
}

/** Asserts what holds for an anomaly of any kind. */
export function assertSound(picture: Picture, { image, mask }: Anomaly) {
  const { pixels, channels = 1 } = picture;
  assertEquals(image.length, pixels.length);
  assertEquals(image.every((value) => value >= 0 && value <= 1), true);
  const expected = Array.from({ length: pixels.length / channels }, (_, i) => {
    let most = 0;
    for (let c = i * channels; c < (i + 1) * channels; c++) {
      most = Math.max(most, Math.abs(image[c] - pixels[c]));
    }
    return most > 0.1 ? 1 : 0;
  });
  assertEquals([...mask], expected);
  const count = mask.filter(Boolean).length;
  assertEquals(count >= 4 && count <= mask.length / 4, true, `${count} pixels`);
}
