import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { ENTRIES, initialWeights } from "../lib/autoencoder.ts";
import { randomStream } from "../lib/random.ts";
import { cascade, layersFromOutput, sanityCheck } from "../lib/sanity.ts";

Deno.test("layersFromOutput(initialWeights(0)) has every entry of the model once, the output first", () => {
  const layers = layersFromOutput(initialWeights(0));
  assertEquals([...layers.keys()], [
    "decoder.conv.2",
    "decoder.conv.1",
    "decoder.conv.0",
    "decoder.fc.3",
    "decoder.fc.0",
    "encoder.fc.3",
    "encoder.fc.0",
    "encoder.conv.1",
    "encoder.conv.0",
  ]);
  const names = [...layers.values()].flat();
  assertEquals(names.toSorted(), ENTRIES.map(({ name }) => name).toSorted());
});

Deno.test("cascade() randomises one layer more each time, and leaves the model as it was", () => {
  const trained = initialWeights(0);
  const random = initialWeights(1);
  const before = structuredClone(trained);
  const layers = [...layersFromOutput(initialWeights(0)).values()];
  const models = [...cascade(trained, 1)];
  assertEquals(models.length, layers.length);
  models.forEach(({ weights }, stage) => {
    const done = new Set(layers.slice(0, stage + 1).flat());
    for (const { name } of ENTRIES) {
      const { data } = (done.has(name) ? random : trained).get(name)!;
      const found = weights.get(name)!.data;
      assert(found.every((x, i) => x === data[i]), `${name} at ${stage}`);
    }
  });
  assertEquals(models.at(-1)!.weights, random);
  assertEquals(trained, before);
});

Deno.test("sanityCheck() finds a model like itself, and unlike when it is another", () => {
  const pixels = Uint8Array.from(
    { length: 3 * 784 },
    (_, i) => (i * i) % 251,
  );
  const images = { width: 28, height: 28, pixels };
  const check = (seed: number) => [
    ...sanityCheck(initialWeights(0), images, {
      ...{ seed, random: randomStream(0, "figure") },
    }),
  ];
  // The random weights are the model's own: nothing changes.
  const [same, ...rest] = check(0);
  assertEquals(rest.map(({ name }) => name).slice(-2), [
    "edges (Sobel)",
    "brightness",
  ]);
  assertEquals(same.saliency["top-10 agreement"].mean, 1);
  assertEquals(Math.abs(same.error.SSIM.mean - 1) < 1e-9, true);
  const other = check(1)[8];
  assertEquals(other.name, "encoder.conv.0");
  assert(other.saliency["top-10 agreement"].mean < 1);
  assertNotEquals(other.error.SSIM.mean, 1);
});
