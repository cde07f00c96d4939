import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { ssimErrorMap } from "../../../lib/maps/attribution/ssim_error.ts";
import { ssim } from "../../../lib/metrics/similarity/ssim.ts";
import { type Tensor4D, tf } from "../../../lib/tensor/tensorflow.ts";

const x = tf.randomUniform([2, 13, 16, 3], 0, 1, "float32", 3) as Tensor4D;
const blur = (x: Tensor4D) => tf.avgPool(x, 3, 1, "same") as Tensor4D;

/** The 11×11 pixels around one, mirrored at the border, of one channel. */
function patch(
  image: Tensor4D,
  [n, row, column, channel]: number[],
): number[] {
  const [, height, width] = image.shape;
  const values = image.arraySync();
  // Before the first pixel comes the first again.
  const mirrored = (i: number, size: number) =>
    i < 0 ? -1 - i : i >= size ? 2 * size - 1 - i : i;
  return Array.from({ length: 121 }, (_, i) => {
    const y = mirrored(row + Math.floor(i / 11) - 5, height);
    const x = mirrored(column + i % 11 - 5, width);
    return values[n][y][x][channel];
  });
}

Deno.test("ssimErrorMap() is (1 − SSIM)/2 of the 11×11 pixels around, mean over the channels", () => {
  const map = ssimErrorMap(blur, x);
  assertEquals(map.shape, [2, 13, 16]);
  const values = map.arraySync();
  const y = blur(x);
  for (const [n, row, column] of [[0, 6, 8], [1, 0, 0], [1, 12, 3]]) {
    const similarities = [0, 1, 2].map((channel) => {
      const [a, b] = [x, y].map((image) =>
        Float64Array.from(patch(image, [n, row, column, channel]))
      );
      return ssim(a, b, { width: 11, window: 11 });
    });
    const mean = similarities.reduce((sum, value) => sum + value, 0) / 3;
    assertAlmostEquals(values[n][row][column], (1 - mean) / 2, 1e-5);
  }
});

Deno.test("ssimErrorMap() of a perfect reconstruction is 0", () => {
  const values = ssimErrorMap((x) => x, x).dataSync();
  assert(values.every((value) => value === 0));
});

Deno.test("ssimErrorMap() takes images smaller than its window", () => {
  const small = tf.slice(x, [0, 0, 0, 0], [1, 4, 1, 3]);
  const values = ssimErrorMap(tf.zerosLike, small).dataSync();
  assertEquals(values.length, 4);
  assert(values.every((value) => value >= 0 && value <= 1));
});
