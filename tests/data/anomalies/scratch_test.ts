import { assertAlmostEquals, assertEquals } from "@std/assert";
import { addLight } from "../../../lib/data/anomalies/picture.ts";
import { lineCover, scratch } from "../../../lib/data/anomalies/scratch.ts";
import { anomalyStream } from "../../../lib/support/random.ts";
import { black } from "./shared.ts";

Deno.test("lineCover() draws a known line on black", () => {
  const cover = lineCover({ from: [1, 1], to: [4, 1], width: 1 });
  assertEquals([...addLight(black(6, 3), cover)], [
    ...[0, 0, 0, 0, 0, 0],
    ...[0, 1, 1, 1, 1, 0],
    ...[0, 0, 0, 0, 0, 0],
  ]);
});

Deno.test("lineCover() of a line without length is its round ends", () => {
  const cover = lineCover({ from: [2, 2], to: [2, 2], width: 1.5 });
  assertEquals([cover(2, 2), cover(3, 2), cover(2, 4)], [1, 0.25, 0]);
});

Deno.test("lineCover() is the distance to the nearest of many points on the line", () => {
  const [from, to, width] = [[2.3, 9.1], [11.7, 3.4], 1.6] as const;
  const cover = lineCover({ from, to, width });
  for (let pixel = 0; pixel < 15 * 12; pixel++) {
    const [x, y] = [pixel % 15, Math.floor(pixel / 15)];
    let nearest = Infinity;
    for (let i = 0; i <= 2000; i++) {
      const [px, py] = [0, 1].map((axis) =>
        from[axis] + (to[axis] - from[axis]) * i / 2000
      );
      nearest = Math.min(nearest, Math.hypot(x - px, y - py));
    }
    const expected = Math.min(1, Math.max(0, width / 2 + 0.5 - nearest));
    assertAlmostEquals(cover(x, y), expected, 1e-4);
  }
});

Deno.test("lineCover() spreads light over the area of the line", () => {
  const cover = lineCover({ from: [7, 8], to: [25, 21], width: 1.5 });
  const light = addLight(black(32, 32), cover)
    .reduce((sum, value) => sum + value, 0);
  // Length × width, and half a disc at each end, of mean squared radius ¾² + 1/12.
  const length = Math.hypot(18, 13);
  const ends = Math.PI * (0.75 ** 2 + 1 / 12);
  assertAlmostEquals(light, length * 1.5 + ends, 0.02 * length * 1.5);
});

Deno.test("scratch() is as long, as thick and as bright as its ranges say", () => {
  const random = anomalyStream(3);
  for (let i = 0; i < 200; i++) {
    const { image } = scratch(black(), random);
    const most = Math.max(...image);
    assertEquals(most > 0.4 && most <= 1, true, `${most}`);
    const lit = [...image.keys()].filter((pixel) => image[pixel] > 0);
    let reach = 0;
    for (const a of lit) {
      for (const b of lit) {
        const dy = Math.floor(a / 28) - Math.floor(b / 28);
        reach = Math.max(reach, Math.hypot(a % 28 - b % 28, dy));
      }
    }
    // Soft edges reach up to 1.5 pixels over each end.
    assertEquals(reach > 5 && reach <= 14 + 3, true, `${reach}`);
  }
});
