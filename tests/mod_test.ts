import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  agreement,
  computeMaps,
  freeze,
  loadTest,
  mapMse,
  maximumDistance,
  readWeights,
  tf,
  toBatch,
  topK,
} from "../lib/mod.ts";
import { NUMBERS } from "./reference.ts";

const MODEL = new URL(
  "../data/models/classes01234_seed0_epochs50.safetensors",
  import.meta.url,
);

Deno.test("lib/mod.ts has what it takes from a weight file to the paper's measures", async () => {
  const { reconstruct, dispose } = freeze(
    readWeights(Deno.readFileSync(MODEL)),
  );
  const x = toBatch(await loadTest(), [0, 1, 2]);
  const maps = computeMaps(reconstruct, x);
  const saliency = maps.saliency.dataSync<"float32">();
  const error = maps.error.dataSync<"float32">();
  dispose();
  tf.dispose([x, { ...maps }]);
  // As NumPy computes them from PyTorch's maps.
  const expected = NUMBERS.metrics.saliency;
  for (let i = 0; i < 3; i++) {
    const [s, e] = [saliency, error].map((m) =>
      m.subarray(784 * i, 784 * (i + 1))
    );
    const [salient, wrong] = [topK(s, 10), topK(e, 10)];
    assertEquals(agreement(salient, wrong), expected.agreement10[i]);
    assertAlmostEquals(
      maximumDistance(salient, wrong, 28),
      expected.maxDistance10[i],
      1e-9,
    );
    assertAlmostEquals(mapMse(s, e).saliency, expected.mse[i], 5e-6);
  }
});
