import { assertEquals } from "@std/assert";
import { conv2d, transposedConv2d } from "../../lib/tensor/convolution.ts";
import { type Tensor, type Tensor4D, tf } from "../../lib/tensor/tensorflow.ts";
import { assertClose, assertNear, assertNoLeak } from "../assert.ts";

const range = (shape: [number, number, number, number]) => {
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.range(1, size + 1).reshape(shape) as Tensor4D;
};

const random = (shape: [number, number, number, number], seed: number) =>
  tf.randomNormal(shape, 0, 1, "float32", seed) as Tensor4D;

Deno.test("conv2d() with stride 2 pads before the image, as PyTorch's padding 1 does", () => {
  // 1  2  3  4   A kernel of ones sums the 3×3 around rows and columns −1..1
  // 5  6  7  8   and 1..3; TensorFlow's "same" would take 0..2 and 2..4.
  // 9 10 11 12
  // 13 14 15 16
  const y = conv2d(range([1, 4, 4, 1]), tf.ones([3, 3, 1, 1]), {
    stride: 2,
    padding: [1, 0],
  });
  assertEquals([...y.dataSync()], [
    1 + 2 + 5 + 6,
    2 + 3 + 4 + 6 + 7 + 8,
    5 + 6 + 9 + 10 + 13 + 14,
    6 + 7 + 8 + 10 + 11 + 12 + 14 + 15 + 16,
  ]);
});

Deno.test("conv2d() with stride 1 and padding 1 keeps the size", () => {
  const y = conv2d(range([1, 4, 4, 1]), tf.ones([3, 3, 1, 1]), {
    stride: 1,
    padding: [1, 1],
  });
  assertEquals([...y.dataSync()].slice(0, 4), [
    1 + 2 + 5 + 6,
    1 + 2 + 3 + 5 + 6 + 7,
    2 + 3 + 4 + 6 + 7 + 8,
    3 + 4 + 7 + 8,
  ]);
});

Deno.test("conv2d() with a 1×1 kernel and stride 2 takes every second pixel", () => {
  const y = conv2d(range([1, 4, 4, 1]), tf.ones([1, 1, 1, 1]), {
    stride: 2,
    padding: [0, 0],
  });
  assertEquals([...y.dataSync()], [1, 3, 9, 11]);
});

Deno.test("transposedConv2d() spreads a 5×5 kernel around every second pixel of 4×4", () => {
  const kernel = range([5, 5, 1, 1]);
  const x = tf.tensor4d([1, 0, 0, 0], [1, 2, 2, 1]);
  const y = transposedConv2d(x, kernel, { stride: 2, padding: [2, 1] });
  // The kernel's centre, 13, stands on pixel (0, 0): two rows and columns
  // before it fall off the image.
  assertEquals([...y.dataSync()], [
    ...[13, 14, 15, 0],
    ...[18, 19, 20, 0],
    ...[23, 24, 25, 0],
    ...[0, 0, 0, 0],
  ]);
});

Deno.test("transposedConv2d() with a 1×1 kernel leaves zeros between pixels of 4×4", () => {
  const y = transposedConv2d(range([1, 2, 2, 1]), tf.fill([1, 1, 1, 1], 10), {
    stride: 2,
    padding: [0, 0],
  });
  assertEquals([...y.dataSync()], [
    ...[10, 0, 20, 0],
    ...[0, 0, 0, 0],
    ...[30, 0, 40, 0],
    ...[0, 0, 0, 0],
  ]);
});

/** The same operations in TensorFlow.js's own terms. */
const plain = {
  conv2d: (
    x: Tensor4D,
    filter: Tensor4D,
    stride: number,
    padding: [number, number],
  ) =>
    tf.conv2d(
      tf.pad(x, [[0, 0], padding, padding, [0, 0]]),
      filter,
      stride,
      "valid",
    ),
  transposedConv2d: (
    x: Tensor4D,
    filter: Tensor4D,
    stride: number,
    padding: [number, number],
  ) => {
    const [n, height, width] = x.shape;
    const [k, , outputs] = filter.shape;
    const size = (length: number) =>
      Math.max(stride * (length - 1) + k, stride * length + padding[0]);
    const whole = tf.conv2dTranspose(
      x,
      filter,
      [n, size(height), size(width), outputs],
      stride,
      "valid",
    );
    const begin = [0, padding[0], padding[0], 0];
    return tf.slice(whole, begin, [
      n,
      stride * height,
      stride * width,
      outputs,
    ]);
  },
};

const LAYERS = [
  { name: "3×3, stride 2", k: 3, stride: 2, padding: [1, 0], channels: [3, 5] },
  { name: "3×3, stride 1", k: 3, stride: 1, padding: [1, 1], channels: [4, 6] },
  { name: "1×1, stride 2", k: 1, stride: 2, padding: [0, 0], channels: [8, 5] },
  { name: "1×1, stride 1", k: 1, stride: 1, padding: [0, 0], channels: [4, 1] },
] as const;

for (const { name, k, stride, padding: [before, after], channels } of LAYERS) {
  Deno.test(`conv2d() of ${name} has the value and the gradients of its plain form`, () => {
    assertNoLeak(() => {
      const x = random([2, 8, 6, channels[0]], 1);
      const filter = random([k, k, ...channels], 2);
      const ours = withGradients(
        (x, w) => conv2d(x, w, { stride, padding: [before, after] }),
        [x, filter],
      );
      const theirs = withGradients(
        (x, w) => plain.conv2d(x, w, stride, [before, after]),
        [x, filter],
      );
      ours.forEach((tensor, i) => assertClose(tensor, theirs[i], 1e-4));
    });
  });
}

for (const channels of [1, 3]) {
  // TensorFlow's own gradient is no reference here: with three channels it
  // writes into the memory of others.
  Deno.test(`conv2d() has the gradient by a 1×1 kernel of ${channels} channels, the same each time`, () => {
    const x = random([4, 8, 12, channels], 1);
    const dy = random([4, 4, 6, 32], 2);
    const gradient = () =>
      tf.grad((filter) =>
        conv2d(x, filter as Tensor4D, { stride: 2, padding: [0, 0] })
      )(random([1, 1, channels, 32], 3), dy).dataSync();
    const [pixels, slopes] = [x.arraySync(), dy.arraySync()];
    const expected = Array.from({ length: channels * 32 }, (_, i) => {
      const [input, output] = [Math.floor(i / 32), i % 32];
      return slopes.flat(2).reduce((sum, pixel, place) => {
        const [image, rest] = [Math.floor(place / 24), place % 24];
        const [row, column] = [Math.floor(rest / 6), rest % 6];
        return sum + pixel[output] * pixels[image][2 * row][2 * column][input];
      }, 0);
    });
    const first = gradient();
    assertNear(first, expected, 1e-4);
    for (let i = 0; i < 10; i++) assertEquals(gradient(), first);
  });
}

const TRANSPOSED = [
  { name: "5×5", k: 5, padding: [2, 1] },
  { name: "1×1", k: 1, padding: [0, 0] },
] as const;

for (const { name, k, padding: [before, after] } of TRANSPOSED) {
  Deno.test(`transposedConv2d() of ${name} has the value and the gradients of its plain form`, () => {
    assertNoLeak(() => {
      const x = random([2, 4, 3, 6], 3);
      const filter = random([k, k, 5, 6], 4);
      const ours = withGradients(
        (x, w) =>
          transposedConv2d(x, w, { stride: 2, padding: [before, after] }),
        [x, filter],
      );
      const theirs = withGradients(
        (x, w) => plain.transposedConv2d(x, w, 2, [before, after]),
        [x, filter],
      );
      ours.forEach((tensor, i) => assertClose(tensor, theirs[i], 1e-4));
    });
  });
}

Deno.test("a frozen filter changes neither the value nor the gradient by the image", () => {
  assertNoLeak(() => {
    const filter = random([5, 5, 3, 4], 1);
    const geometry = { stride: 2, padding: [2, 1] as [number, number] };
    const check = (op: typeof conv2d, x: Tensor4D) => {
      const forms = [false, true].map((frozen) => {
        const f = (x: Tensor) =>
          op(x as Tensor4D, filter, geometry, { frozen });
        return [f(x), tf.grad((x) => tf.sum(tf.square(f(x))))(x)];
      });
      forms[0].forEach((tensor, i) => assertClose(forms[1][i], tensor, 1e-6));
    };
    check(conv2d, random([2, 8, 6, 3], 2));
    check(transposedConv2d, random([2, 4, 3, 4], 3));
  });
});

function withGradients(
  f: (x: Tensor4D, filter: Tensor4D) => Tensor,
  inputs: [Tensor4D, Tensor4D],
): Tensor[] {
  const value = f(...inputs);
  const weights = tf.randomNormal(value.shape, 0, 1, "float32", 5);
  const grads = tf.grads((x, w) =>
    tf.sum(tf.mul(f(x as Tensor4D, w as Tensor4D), weights))
  )(inputs);
  return [value, ...grads];
}
