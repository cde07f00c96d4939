import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { ssimWindow, windowSsim } from "../../lib/tensor/ssim.ts";
import { type Tensor4D, tf } from "../../lib/tensor/tensorflow.ts";
import { ssim } from "../../lib/metrics/similarity/ssim.ts";
import { assertNoLeak } from "../assert.ts";

const SHAPE: [number, number, number, number] = [2, 9, 12, 3];
const images = (seed: number) =>
  tf.randomUniform(SHAPE, 0, 1, "float32", seed) as Tensor4D;

/** One channel of one image, in row order. */
const plane = (x: Tensor4D, image: number, channel: number) =>
  tf.slice(x, [image, 0, 0, channel], [1, -1, -1, 1]).dataSync();

/** SSIM of two lists of pixels, by its definition. */
function definition(a: number[], b: number[]): number {
  const mean = (v: number[]) => v.reduce((sum, x) => sum + x, 0) / v.length;
  const [ma, mb] = [mean(a), mean(b)];
  const covariance = (u: number[], v: number[], mu: number, mv: number) =>
    u.reduce((sum, x, i) => sum + (x - mu) * (v[i] - mv), 0) / (u.length - 1);
  const [c1, c2] = [1e-4, 9e-4];
  return (2 * ma * mb + c1) * (2 * covariance(a, b, ma, mb) + c2) /
    ((ma ** 2 + mb ** 2 + c1) *
      (covariance(a, a, ma, ma) + covariance(b, b, mb, mb) + c2));
}

Deno.test("windowSsim() is the definition in every window inside the image", () => {
  const a = images(1);
  const b = tf.add(tf.mul(a, 0.5), tf.mul(images(2), 0.4)) as Tensor4D;
  const similarity = windowSsim(a, b, 5);
  assertEquals(similarity.shape, [2, 5, 8, 3]);
  for (const [n, y, x, c] of [[0, 0, 0, 0], [1, 4, 7, 2], [1, 2, 3, 1]]) {
    const pixels = (t: Tensor4D) => [
      ...tf.slice(t, [n, y, x, c], [1, 5, 5, 1]).dataSync(),
    ];
    const expected = definition(pixels(a), pixels(b));
    const [value] = tf.slice(similarity, [n, y, x, c], [1, 1, 1, 1])
      .dataSync();
    assertAlmostEquals(value, expected, 1e-4);
  }
});

Deno.test("the mean of windowSsim() is the ssim() of the map metrics", () => {
  const a = images(1);
  const b = tf.add(tf.mul(a, 0.5), tf.mul(images(2), 0.4)) as Tensor4D;
  for (const window of [3, 7]) {
    const means = tf.mean(windowSsim(a, b, window), [1, 2]).dataSync();
    for (const [n, c] of [[0, 0], [0, 2], [1, 1]]) {
      const options = { width: 12, window };
      const expected = ssim(plane(a, n, c), plane(b, n, c), options);
      assertAlmostEquals(means[3 * n + c], expected, 1e-4);
    }
  }
});

Deno.test("windowSsim() is −1 at the least: for opposite structure around one mean", () => {
  const board = tf.tensor4d(
    Array.from({ length: 25 }, (_, i) => i === 12 ? 0.5 : i % 2),
    [1, 5, 5, 1],
  );
  const opposite = tf.sub(1, board) as Tensor4D;
  const [value] = windowSsim(board, opposite, 5).dataSync();
  assert(value > -1 && value < -0.99, `${value}`);
});

Deno.test("the gradient of windowSsim() is its central difference", () => {
  const a = images(1);
  const b = images(2);
  const mean = (b: Tensor4D) => tf.mean(windowSsim(a, b));
  const gradient = tf.grad((b) => mean(b as Tensor4D))(b) as Tensor4D;
  const along = (step: number) =>
    mean(tf.add(b, tf.mul(gradient, step)) as Tensor4D).dataSync()[0];
  const norm = tf.norm(gradient).dataSync()[0];
  const step = 0.05 / norm;
  const difference = (along(step) - along(-step)) / (2 * step);
  assertAlmostEquals(difference / norm ** 2, 1, 1e-2);
});

Deno.test("ssimWindow() is 11, or the largest odd number that fits", () => {
  const of = (height: number, width: number) =>
    ssimWindow(tf.zeros([1, height, width, 1]) as Tensor4D);
  assertEquals([of(28, 28), of(11, 40), of(8, 12), of(40, 4)], [11, 11, 7, 3]);
});

Deno.test("windowSsim() leaves no tensors", () => {
  const [a, b] = [images(1), images(2)];
  assertNoLeak(() => void windowSsim(a, b));
});
