import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  ARRAYS,
  initialWeights,
} from "../../../lib/model/autoencoders/convolutional.ts";
import { specOf } from "../../../lib/model/parameters.ts";
import { freeze } from "../../../lib/model/evaluation_mode.ts";
import { fromTorch, toTorch } from "../../../lib/model/torch_axes.ts";
import {
  checkStateDict,
  sizeOf,
  WeightsError,
} from "../../../lib/weights/state_dict.ts";
import { tf } from "../../../lib/tensor/tensorflow.ts";

Deno.test("the model has 572,688 numbers in 81 arrays, 565,296 of them trained", () => {
  const total = (kind: string) =>
    ARRAYS.filter((spec) => spec.kind === kind)
      .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  assertEquals(ARRAYS.length, 81);
  assertEquals(total("parameter") + total("buffer"), 572_688);
  assertEquals(total("parameter"), 565_296);
});

Deno.test("initialWeights() is uniform in ±1/√fan-in, as in PyTorch", () => {
  const weights = initialWeights(0);
  const bounds = {
    "encoder.conv.1.conv1b.weight": 64 * 9,
    "encoder.fc.0.weight": 3136,
    "encoder.fc.0.bias": 3136,
    // Transposed: PyTorch counts its second axis, the outputs, as inputs.
    "decoder.conv.0.conv1a.weight": 32 * 25,
  };
  for (const [name, fanIn] of Object.entries(bounds)) {
    const { data } = weights.get(name)!;
    const bound = 1 / Math.sqrt(fanIn);
    const largest = data.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
    assertEquals(largest <= bound, true);
    assertAlmostEquals(largest, bound, 0.1 * bound);
    if (data.length < 1000) continue;
    const square = data.reduce((sum, v) => sum + v * v, 0) / data.length;
    assertAlmostEquals(square, bound ** 2 / 3, 0.05 * bound ** 2);
  }
});

Deno.test("initialWeights() depends on the seed", () => {
  const first = (seed: number) =>
    initialWeights(seed).get("encoder.fc.0.weight")!.data[0];
  assertEquals(first(1), first(1));
  assertEquals(first(1) === first(2), false);
});

Deno.test("fromTorch() and toTorch() are each other's inverse, for every array", () => {
  for (const [name, { data }] of initialWeights(0)) {
    const spec = specOf(ARRAYS, name);
    // Numbers that tell where they came from.
    const numbers = data.map((_, i) => i);
    const tensor = fromTorch(spec, numbers);
    assertEquals(toTorch(spec, tensor), numbers);
    tensor.dispose();
  }
});

Deno.test("specOf() throws for a name the model does not have", () => {
  assertThrows(() => specOf(ARRAYS, "fc.9"), RangeError, "fc.9");
});

Deno.test("freeze() frees every tensor when disposed of", () => {
  const before = tf.memory().numTensors;
  for (const gradient of ["exact", "as-published"] as const) {
    freeze(initialWeights(0), { gradient }).dispose();
  }
  assertEquals(tf.memory().numTensors, before);
});

const CASES: [string, (weights: ReturnType<typeof initialWeights>) => void][] =
  [
    ["are missing", (weights) => weights.delete("encoder.fc.3.bias")],
    ["no weights named", (weights) => {
      weights.set("extra", { shape: [1], data: Float32Array.of(1) });
    }],
    ["have shape", (weights) => {
      const { data } = weights.get("encoder.fc.3.weight")!;
      weights.set("encoder.fc.3.weight", { shape: [4096], data });
    }],
    ["not finite", (weights) => {
      weights.get("encoder.fc.3.bias")!.data[0] = Infinity;
    }],
  ];

for (const [message, damage] of CASES) {
  Deno.test(`checkStateDict() says that weights ${message}`, () => {
    const weights = initialWeights(0);
    damage(weights);
    assertThrows(() => checkStateDict(weights, ARRAYS), WeightsError, message);
  });
}

Deno.test("checkStateDict() keeps the model's order, whatever that of the file", () => {
  const reversed = new Map([...initialWeights(0)].reverse());
  assertEquals(
    [...checkStateDict(reversed, ARRAYS).keys()],
    ARRAYS.map(({ name }) => name),
  );
});
