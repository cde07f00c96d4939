import { assertEquals, assertThrows } from "@std/assert";
import { batchesOf, mapBatches } from "../../lib/maps/batches.ts";
import { computeMaps } from "../../lib/maps/maps.ts";
import { type Tensor4D, tf } from "../../lib/tensor/tensorflow.ts";
import { assertNear } from "../assert.ts";

const blur = (x: Tensor4D) =>
  tf.sigmoid(tf.avgPool(x, 2, 1, "same")) as Tensor4D;

Deno.test("mapBatches() refuses batches of no image", () => {
  const source = { count: 1, batch: () => tf.zeros([1, 1, 1, 1]) as Tensor4D };
  assertThrows(
    () => [...mapBatches(source, (x) => ({ x }), { size: 0 })],
    RangeError,
    "size must be a whole number from 1; it is 0",
  );
});

Deno.test("mapBatches() gives each colour image its own maps, with all channels of the gradient", () => {
  const [count, height, width] = [5, 2, 3];
  const colour = tf.randomUniform(
    [count, height, width, 3],
    0,
    1,
    "float32",
    1,
  ) as Tensor4D;
  const slice = (start: number, end: number) =>
    tf.slice(colour, [start, 0, 0, 0], [end - start, height, width, 3]);
  const source = { count, batch: slice };
  const before = tf.memory().numTensors;
  const batches = [
    ...mapBatches(source, (x) => ({ ...computeMaps(blur, x) }), { size: 2 }),
  ];
  assertEquals(tf.memory().numTensors, before);
  assertEquals(batches.map(({ length }) => length), [2, 2, 1]);
  batches.flat().forEach(({ gradient, saliency, error }, i) => {
    const alone = computeMaps(blur, slice(i, i + 1));
    assertEquals(gradient.length, height * width * 3);
    assertNear(gradient, alone.gradient.dataSync(), 1e-7);
    assertNear(saliency, alone.saliency.dataSync(), 1e-7);
    assertNear(error, alone.error.dataSync(), 1e-7);
  });
});

Deno.test("mapBatches() tells where a batch starts, and none of no images", () => {
  const starts: number[] = [];
  const note = (x: Tensor4D, start: number) => {
    starts.push(start);
    return { x };
  };
  const of = (count: number) =>
    batchesOf({
      height: 1,
      width: 2,
      channels: 1,
      pixels: new Uint8Array(2 * count),
    });
  assertEquals([...mapBatches(of(7), note, { size: 3 })].flat().length, 7);
  assertEquals(starts, [0, 3, 6]);
  assertEquals([...mapBatches(of(0), note)], []);
});
