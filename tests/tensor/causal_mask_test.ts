import { assertEquals } from "@std/assert";
import { causalMask } from "../../lib/tensor/causal_mask.ts";
import { type Tensor2D, tf } from "../../lib/tensor/tensorflow.ts";

for (const strict of [true, false]) {
  Deno.test(`outputs of a masked layer depend on all earlier inputs and none later, on their own ${strict ? "not" : "too"}`, () => {
    const [positions, inputs, outputs] = [5, 2, 3];
    const shape: [number, number] = [positions * outputs, positions * inputs];
    const weight = tf.mul(
      tf.randomUniform(shape, 1, 2, "float32", 1),
      causalMask(positions, { inputs, outputs, strict }),
    ) as Tensor2D;
    // Row i of the batch has input i moved.
    const moved = tf.matMul(tf.eye(positions * inputs), weight, false, true)
      .arraySync() as number[][];
    moved.forEach((outputsMoved, i) => {
      const from = Math.floor(i / inputs);
      const expected = outputsMoved.map((_, j) => {
        const to = Math.floor(j / outputs);
        return strict ? from < to : from <= to;
      });
      assertEquals(outputsMoved.map((value) => value !== 0), expected);
    });
  });
}

Deno.test("causalMask() lets a position see itself unless it is strict", () => {
  const mask = causalMask(2, { inputs: 1, outputs: 1 });
  assertEquals(mask.arraySync(), [[1, 0], [1, 1]]);
});
