import { assertAlmostEquals, assertEquals } from "@std/assert";
import { toBatch } from "../../lib/data/images.ts";
import { loadTest } from "../../lib/data/mnist.ts";
import { computeMaps } from "../../lib/maps/maps.ts";
import { freeze } from "../../lib/model/evaluation_mode.ts";
import { measure } from "../../lib/studies/agreement/evaluation.ts";
import { tf } from "../../lib/tensor/tensorflow.ts";
import { assertNear } from "../assert.ts";
import { ARRAYS, NUMBERS, referenceModel } from "../reference.ts";

const test = await loadTest();
const COUNT = 8;
const batch = toBatch(test, Array.from({ length: COUNT }, (_, i) => i));

for (const gradient of ["exact", "as-published"] as const) {
  const name = gradient === "exact" ? "saliency" : "saliency_as_published";
  const model = freeze(referenceModel().weights, { gradient });
  const { reconstruction, error, saliency, gradient: signed } = computeMaps(
    model.reconstruct,
    batch,
  );
  const ours = {
    reconstruction: reconstruction.dataSync(),
    error: error.dataSync() as Float32Array,
    saliency: saliency.dataSync() as Float32Array,
    gradient: signed.dataSync(),
  };
  model.dispose();
  tf.dispose([reconstruction, error, saliency, signed]);

  Deno.test(`computeMaps() gives PyTorch's maps, ${gradient} gradient`, () => {
    const { data } = ARRAYS.get("maps.reconstruction")!;
    assertNear(ours.reconstruction, data, 5e-6);
    assertNear(ours.error, ARRAYS.get("maps.error")!.data, 5e-6);
    assertNear(ours.saliency, ARRAYS.get(`maps.${name}`)!.data, 1e-7);
    if (gradient === "as-published") return;
    assertNear(ours.gradient, ARRAYS.get("maps.gradient")!.data, 1e-7);
  });

  Deno.test(`measure() gives the paper's measures as NumPy computes them, ${gradient} gradient`, () => {
    const expected = NUMBERS.metrics[name];
    for (let i = 0; i < COUNT; i++) {
      const part = (maps: Float32Array) =>
        maps.subarray(784 * i, 784 * i + 784);
      const measured = measure({
        saliency: part(ours.saliency),
        error: part(ours.error),
        width: 28,
      }, [5, 10]);
      for (const k of [5, 10]) {
        assertEquals(measured.agreement[k], expected[`agreement${k}`][i]);
        assertAlmostEquals(
          measured.maxDistance[k],
          expected[`maxDistance${k}`][i],
          1e-9,
        );
      }
      assertAlmostEquals(measured.mapMse.saliency, expected.mse[i], 5e-6);
      assertAlmostEquals(
        measured.mapMse.squaredSaliency,
        expected.mseSquared[i],
        5e-6,
      );
    }
  });
}
