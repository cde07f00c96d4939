import { assertEquals, assertThrows } from "@std/assert";
import { localizationFigure } from "../../../lib/figures/localization_figure.ts";
import { computeMaps } from "../../../lib/maps/maps.ts";
import { localizationExamples } from "../../../lib/studies/localization/examples.ts";
import { type Tensor4D, tf } from "../../../lib/tensor/tensorflow.ts";

const reconstruct = (x: Tensor4D) => tf.mul(x, 0.5) as Tensor4D;

/** Images of 4×4 pixels whose first ones are anomalous. */
const withAreas = (...areas: number[]) =>
  areas.map((area) => ({
    image: Float32Array.from({ length: 16 }, (_, i) => (i + area) / 20),
    mask: Uint8Array.from({ length: 16 }, (_, i) => i < area ? 1 : 0),
  }));

Deno.test("localizationExamples() has the maps of each kind's image of median area", () => {
  const examples = localizationExamples(
    { reconstruct },
    { dent: withAreas(1, 9, 4), hole: withAreas(2) },
    { width: 4, channels: 1, seed: 0 },
  );
  assertEquals(
    examples.map(({ kind, mask }) => [kind, mask.indexOf(0)]),
    [["dent", 4], ["hole", 2]],
  );
  const [{ image, maps }] = examples;
  const x = tf.tensor4d(image, [1, 4, 4, 1]);
  const { error, saliency } = computeMaps(reconstruct, x);
  assertEquals(maps["reconstruction error"], error.dataSync());
  assertEquals(maps["saliency"], saliency.dataSync());
});

Deno.test("localizationExamples() refuses a map that there is not", () => {
  assertThrows(
    () =>
      localizationExamples({ reconstruct }, { dent: withAreas(1) }, {
        ...{ width: 4, channels: 1, seed: 0, maps: ["x-ray"] },
      }),
    RangeError,
    'the model has no map "x-ray"',
  );
});

Deno.test("localizationFigure() has a row a kind and a column a map", async () => {
  const examples = localizationExamples(
    { reconstruct },
    { dent: withAreas(1), blow_hole: withAreas(2) },
    {
      width: 4,
      channels: 1,
      seed: 0,
      maps: ["reconstruction error", "saliency"],
    },
  );
  const svg = await localizationFigure(examples, { width: 4 });
  const texts = [...svg.matchAll(/>([^<>]+)<\/text>/g)].map(([, text]) => text);
  assertEquals(texts.slice(0, 4), ["image", "mask", "error map", "saliency"]);
  assertEquals(texts.filter((text) => /dent|hole/.test(text)), [
    "dent",
    "blow hole",
  ]);
  assertEquals(svg.match(/<image /g)?.length, 2 * 4 + 1);
});
