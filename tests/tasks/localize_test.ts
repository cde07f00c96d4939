import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ATTRIBUTIONS } from "../../lib/maps/attribution/mod.ts";
import { run } from "./run.ts";

const localize = (...args: string[]) => run("localize", ...args);

Deno.test("localize scores every map on every kind of anomaly and both novelty scores, and repeats with its seed", async () => {
  const folder = await Deno.makeTempDir();
  const once = (name: string) =>
    localize(
      ...["--images", "2", "--seed", "3", "--data", "mnist"],
      ...["--out", `${folder}/${name}`],
    );
  const [one, two] = [await once("a"), await once("b")];
  assertEquals([one.code, two.code], [0, 0], one.stderr + two.stderr);
  assertStringIncludes(one.stdout, "| reconstruction error ");
  const read = (name: string) =>
    Deno.readTextFile(`${folder}/${name}/results.json`);
  assertEquals(await read("b"), await read("a"));
  const { models: [{ scores, detection, epochs }] } = JSON.parse(
    await read("a"),
  );
  // All: the paper's model shows its layers, and has no scores of its own.
  assertEquals(Object.keys(scores), Object.keys(ATTRIBUTIONS));
  assertEquals(Object.keys(scores.saliency).length, 6);
  assertEquals(scores["squared saliency"], scores.saliency);
  assertEquals(epochs, 500);
  assert(scores.random.blob.pixelAuroc.mean >= 0);
  for (const score of ["reconstruction loss", "norm of the saliency map"]) {
    const { auroc, thresholds } = detection[score];
    assert(auroc.low < auroc.mean && auroc.mean < auroc.high);
    assertEquals(thresholds.length, 2);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("localize answers mistakes with one sentence and exit code 2", async () => {
  const { code, stderr } = await localize("--images", "1");
  assertEquals(code, 2);
  assertStringIncludes(stderr, "--images takes a whole number from 2");
  const model = "data/models/classes01234_seed0_epochs50.safetensors";
  const twice = await localize("--weights", `${model},${model}`);
  assertEquals(twice.code, 2);
  assertStringIncludes(twice.stderr, "must differ in their seeds");
  const slow = await localize("--slow", "1");
  assertEquals(slow.code, 2);
  assertStringIncludes(slow.stderr, "--slow takes 0, or 2 and more");
});
