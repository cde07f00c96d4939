import { assertEquals, assertThrows } from "@std/assert";
import { ARRAYS } from "../../lib/model/autoencoders/convolutional.ts";
import { AUTOENCODERS } from "../../lib/model/autoencoders/mod.ts";
import { initialise } from "../../lib/model/parameters.ts";
import {
  readTrackedWeights,
  readWeights,
} from "../../lib/model/read_weights.ts";
import { writeSafetensors } from "../../lib/weights/safetensors.ts";
import { type StateDict, WeightsError } from "../../lib/weights/state_dict.ts";

const fresh = () => initialise(ARRAYS, 0);

function file(weights: StateDict, metadata: Record<string, string> = {}) {
  return writeSafetensors({ weights, counters: new Map(), metadata });
}

for (const prefix of ["module.", "_orig_mod.", "model._orig_mod."]) {
  Deno.test(`readTrackedWeights() removes the prefix ${prefix} and says so`, () => {
    const named = new Map([...fresh()].map(([name, w]) => [prefix + name, w]));
    const { weights, notes } = readTrackedWeights(file(named));
    assertEquals(weights, fresh());
    assertEquals(notes, [`the prefix "${prefix}" was removed from all names`]);
  });
}

Deno.test("readTrackedWeights() notes nothing about a plain file", () => {
  assertEquals(readTrackedWeights(file(fresh())).notes, []);
});

Deno.test("readWeights() refuses two axes of one array that are exchanged", () => {
  const weights = fresh();
  const found = [...weights].find(([name, { shape }]) =>
    name.includes(".fc.") && shape.length === 2 && shape[0] !== shape[1]
  )!;
  const [name, { shape, data }] = found;
  weights.set(name, { shape: shape.toReversed(), data });
  assertThrows(
    () => readWeights(file(weights)),
    WeightsError,
    `"${name}" have shape`,
  );
});

Deno.test("readWeights() refuses a variance below zero and names the array", () => {
  const weights = fresh();
  const name = [...weights.keys()].find((name) =>
    name.endsWith(".running_var")
  )!;
  weights.get(name)!.data[0] = -0.01;
  assertThrows(() => readWeights(file(weights)), WeightsError, name);
});

Deno.test("readWeights() refuses a variance below zero among covariances", () => {
  const weights = initialise(AUTOENCODERS.mixture().arrays, 0);
  const { data, shape } = weights.get("density.running_covariances")!;
  const features = shape.at(-1)!;
  data[1] = -1; // A covariance may be.
  const stored = new Map(readWeights(file(weights)));
  assertEquals(stored.get("density.running_covariances")!.data[1], -1);
  data[features + 1] = -1;
  assertThrows(
    () => readWeights(file(weights)),
    WeightsError,
    '"density.running_covariances" hold a variance below zero',
  );
});

Deno.test("readWeights() takes a safetensors header whose length reads as PK for no zip", () => {
  const text = "x".repeat(0x4b50);
  const plain = file(fresh(), { text });
  const length = Number(new DataView(plain.buffer).getBigUint64(0, true));
  // Metadata cut so that the header has 0x4b50 bytes, "PK" in the file.
  const bytes = file(fresh(), { text: text.slice(length - 0x4b50) });
  assertEquals([...bytes.subarray(0, 2)], [0x50, 0x4b]);
  assertEquals(readWeights(bytes), fresh());
});
