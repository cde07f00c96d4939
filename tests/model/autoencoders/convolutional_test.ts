import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  ARRAYS,
  convolutional,
  initialWeights,
} from "../../../lib/model/autoencoders/convolutional.ts";
import { initialise, specOf } from "../../../lib/model/parameters.ts";
import { freeze } from "../../../lib/model/evaluation_mode.ts";
import { fromTorch, toTorch } from "../../../lib/model/torch_axes.ts";
import {
  checkStateDict,
  sizeOf,
  WeightsError,
} from "../../../lib/weights/state_dict.ts";
import { randomStream, uniform } from "../../../lib/support/random.ts";
import { type Tensor4D, tf } from "../../../lib/tensor/tensorflow.ts";
import { assertNear } from "../../assert.ts";
import { each, features, forward } from "../../plain_loops.ts";

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

/** Initial weights, and batch norms that do something. */
function weightsOf(shape: { height: number; width: number; channels: number }) {
  const weights = initialise(convolutional(shape).arrays, 5);
  const random = randomStream(5, "figure");
  for (const [name, { data }] of weights) {
    const isNorm = /\.(bn\w+|fc\.[14])\.(\w+)$/.test(name);
    if (isNorm) data.forEach((_, i) => data[i] = uniform(random, 0.3, 1.3));
  }
  return weights;
}

Deno.test("the convolutional model gives what plain loops over PyTorch's arrays give, also of colour images that are not square", () => {
  for (
    const shape of [
      { height: 8, width: 12, channels: 3 },
      { height: 12, width: 8, channels: 1 },
    ]
  ) {
    const { height, width, channels } = shape;
    const weights = weightsOf(shape);
    const x = tf.randomUniform(
      [2, height, width, channels],
      0,
      1,
      "float32",
      3,
    );
    const model = freeze(weights, { autoencoder: convolutional(shape) });
    const ours = model.reconstruct(x as Tensor4D);
    assertEquals(ours.shape, x.shape);
    const values = x.dataSync();
    const size = height * width * channels;
    const expected = Array.from({ length: 2 }, (_, n) => {
      const image = features(channels, height, width);
      each(image, (c, y, x, place) => {
        image.data[place] = values[n * size + (y * width + x) * channels + c];
      });
      const { data } = forward(weights, image);
      const last = new Float64Array(size);
      each(image, (c, y, x, place) => {
        last[(y * width + x) * channels + c] = data[place];
      });
      return [...last];
    }).flat();
    assertNear(ours.dataSync(), expected, 1e-5);
    model.dispose();
    tf.dispose([x, ours]);
  }
});
