import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ATTRIBUTIONS } from "../../lib/maps/attribution/mod.ts";
import { localizeTask } from "../../tasks/localize.ts";
import { refusal, run } from "./run.ts";

const localize = (...args: string[]) => run("localize", ...args);

Deno.test("localize scores every map on every kind of anomaly and both novelty scores, and repeats the fast ones with its seed", async () => {
  const folder = await Deno.makeTempDir();
  const measured = async (name: string, ...args: string[]) => {
    const { code, stdout, stderr } = await localize(
      ...["--images", "2", "--seed", "3", "--data", "mnist"],
      ...["--out", `${folder}/${name}`, ...args],
    );
    assertEquals(code, 0, stderr);
    assertStringIncludes(stdout, "| reconstruction error ");
    return JSON.parse(
      await Deno.readTextFile(`${folder}/${name}/results.json`),
    ).models[0];
  };
  const { scores, detection, epochs } = await measured("all");
  // All: the paper's model shows its layers, and has no scores of its own.
  assertEquals(Object.keys(scores), Object.keys(ATTRIBUTIONS));
  assertEquals(Object.keys(scores.saliency).length, 6);
  assertEquals(scores["squared saliency"], scores.saliency);
  assertEquals(epochs, 500);
  assertStringIncludes(
    await Deno.readTextFile(`${folder}/all/figure.svg`),
    ">erased stroke</text>",
  );
  // Two images of random values: near chance, and not at its ends.
  const { mean } = scores.random.blob.pixelAuroc;
  assert(mean > 0.2 && mean < 0.8, `random scores ${mean}`);
  for (const score of ["reconstruction loss", "norm of the saliency map"]) {
    const { auroc, thresholds } = detection[score];
    assert(auroc.low < auroc.mean && auroc.mean < auroc.high);
    assertEquals(thresholds.length, 2);
  }
  // Maps of many passes take most of the time.
  const fast = await measured("fast", "--slow", "0");
  assertEquals(fast.detection, detection);
  const ofFewPasses = Object.keys(ATTRIBUTIONS)
    .filter((name) => ATTRIBUTIONS[name].passes <= 2);
  assertEquals(Object.keys(fast.scores), ofFewPasses);
  for (const [map, expected] of Object.entries(fast.scores)) {
    assertEquals(expected, scores[map], map);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("localize answers mistakes with one sentence and exit code 2", async () => {
  const model = "data/models/classes01234_seed0_epochs50.safetensors";
  const mistakes = [
    [["--images", "1"], "--images takes a whole number from 2"],
    [["--weights", `${model},${model}`], "must differ in their seeds"],
    // Another seed, and other passes.
    [
      [
        "--weights",
        "data/models/classes01234_seed1_epochs500.safetensors," +
        "data/models/as_gathered/classes01234_seed0_epochs500.safetensors",
      ],
      "in nothing else",
    ],
    [["--slow", "1"], "--slow takes 0, or 2 and more"],
    [
      ["--data", "fashion-mnist"],
      "say with --normal which of these are normal",
    ],
  ] as const;
  for (const [args, message] of mistakes) {
    const refused = await refusal(localizeTask, ...args);
    assertEquals(refused.code, 2);
    assertStringIncludes(refused.message, message);
  }
});
