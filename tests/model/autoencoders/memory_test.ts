import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  addressing,
  entropy,
  memory,
} from "../../../lib/model/autoencoders/memory.ts";
import { freeze } from "../../../lib/model/evaluation_mode.ts";
import { initialise, type Layers } from "../../../lib/model/parameters.ts";
import {
  type Scalar,
  type Tensor4D,
  tf,
} from "../../../lib/tensor/tensorflow.ts";
import { lossAndGradient } from "../../../lib/training/step.ts";
import { initTraining, specsOf } from "../../../lib/training/state.ts";
import { sizeOf } from "../../../lib/weights/state_dict.ts";
import { assertNear } from "../../assert.ts";

const MEMORY = memory();

const images = (shape: [number, number, number, number]) =>
  tf.randomUniform(shape, 0, 1, "float32", 4) as Tensor4D;

const dot = (a: number[], b: number[]) =>
  a.reduce((sum, value, i) => sum + value * b[i], 0);

/** Equations 4 to 7, one code at a time. */
function addressed(code: number[], items: number[][], threshold: number) {
  const cosines = items.map((item) =>
    dot(code, item) / Math.sqrt(dot(code, code) * dot(item, item))
  );
  const exps = cosines.map(Math.exp);
  const total = exps.reduce((a, b) => a + b);
  const kept = exps.map((e) => e / total).map((w) => w > threshold ? w : 0);
  const sum = kept.reduce((a, b) => a + b);
  return kept.map((w) => w / sum);
}

Deno.test("addressing() and entropy() are those of the equations, for a memory of 5 items", () => {
  const items = [[1, 0, 0], [0, 2, 0], [-1, 0, 0.5], [3, 3, 0], [0, 0, -0.1]];
  const codes = [[0.2, 0.1, 0], [-5, 1, 2], [0.01, 0.02, -0.05]];
  for (const threshold of [1 / 5, 0.25, 0]) {
    const weights = addressing(
      tf.tensor2d(codes),
      tf.tensor2d(items),
      threshold,
    );
    const expected = codes.map((code) => addressed(code, items, threshold));
    assertNear(weights.dataSync(), expected.flat(), 1e-6);
    assertEquals(expected.flat().includes(0), threshold > 0);
    const nats = expected.map((row) =>
      row.reduce((sum, w) => w > 0 ? sum - w * Math.log(w) : sum, 0)
    );
    assertNear(entropy(weights).dataSync(), nats, 1e-5);
  }
});

Deno.test("addressing() gives zeros, not NaN, where no weight is above the threshold", () => {
  const items = tf.tensor2d([[1, 0], [0, 1]]);
  const weights = addressing(tf.tensor2d([[1, 0], [0, 0]]), items, 0.9);
  assertEquals(weights.arraySync(), [[0, 0], [0, 0]]);
});

Deno.test("the memory's loss is r̄ plus 0.0002 of the weights' entropy", () => {
  const batch = images([4, 28, 28, 1]);
  const { parameters } = initTraining(1, MEMORY);
  let [error, added] = [0, 0];
  const watched = {
    ...MEMORY,
    reconstruct: (x: Tensor4D, layers: Layers) => {
      let codes: number[][] = [];
      const y = MEMORY.reconstruct(x, {
        ...layers,
        linear(x, names) {
          const out = layers.linear(x, names);
          if (names.linear === "encoder.fc.3") codes = out.arraySync();
          return out;
        },
        addLoss: (loss: () => Scalar) =>
          layers.addLoss(() => {
            const value = loss();
            added = value.dataSync()[0];
            return value;
          }),
      });
      const items = layers.array("memory.weight").arraySync() as number[][];
      const nats = codes.flatMap((code) => addressed(code, items, 1 / 100))
        .reduce((sum, w) => w > 0 ? sum - w * Math.log(w) : sum, 0);
      assertAlmostEquals(added, nats / 4 * 0.0002, 1e-8);
      error = tf.losses.meanSquaredError(x, y).dataSync()[0];
      return y;
    },
  };
  const { loss } = lossAndGradient(parameters, batch, watched);
  assert(added > 0);
  assertAlmostEquals(loss, error + added, 1e-7);
});

Deno.test("the gradient by the memory is its finite difference, and reaches the encoder", () => {
  const batch = images([4, 28, 28, 1]);
  const { parameters } = initTraining(1, MEMORY);
  const { gradient } = lossAndGradient(parameters, batch, MEMORY);
  const values = gradient.dataSync<"float32">();
  const specs = specsOf(MEMORY, "parameter");
  const startOf = (name: string) =>
    specs.slice(0, specs.findIndex((spec) => spec.name === name))
      .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const start = startOf("memory.weight");
  const part = values.subarray(start, start + 6400);
  const at = part.reduce(
    (best, g, i) => Math.abs(g) > Math.abs(part[best]) ? i : best,
    0,
  );
  const size = 2e-3;
  const [up, down] = [size, -size].map((step) => {
    const moved = parameters.dataSync().slice();
    moved[start + at] += step;
    return lossAndGradient(tf.tensor1d(moved), batch, MEMORY).loss;
  });
  assertAlmostEquals((up - down) / (2 * size) / part[at], 1, 2e-2);
  const first = startOf("encoder.fc.3.weight");
  assert(values.subarray(first, first + 4096).some((g) => Math.abs(g) > 1e-9));
});

Deno.test("a decoder behind a memory sees a mean of its items: one item makes all images alike", () => {
  const autoencoder = memory({ height: 8, width: 12, channels: 3 });
  const weights = initialise(autoencoder.arrays, 6);
  const x = images([3, 8, 12, 3]);
  const spread = () => {
    const model = freeze(weights, { autoencoder });
    const { variance } = tf.moments(model.reconstruct(x), [0]);
    model.dispose();
    return variance.max().dataSync()[0];
  };
  assert(spread() > 1e-12);
  const { shape, data } = weights.get("memory.weight")!;
  const first = data.subarray(0, 64);
  // Opposite items get weights below the threshold.
  const one = data.map((_, i) => (i < 64 * 50 ? 1 : -1) * first[i % 64]);
  weights.set("memory.weight", { shape, data: one });
  assert(spread() < 1e-12);
});
