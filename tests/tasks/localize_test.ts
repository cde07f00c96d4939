import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  type Attribution,
  ATTRIBUTIONS,
} from "../../lib/maps/attribution/mod.ts";
import { AUTOENCODERS } from "../../lib/model/autoencoders/mod.ts";
import { initialise } from "../../lib/model/parameters.ts";
import { writeWeights } from "../../lib/model/read_weights.ts";
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
  const names = (isScored: (map: Attribution) => boolean | undefined) =>
    Object.keys(ATTRIBUTIONS).filter((name) => isScored(ATTRIBUTIONS[name]));

  const paper = await measured("paper", "--slow", "0");
  assertEquals(paper.epochs, 500);
  assertEquals(Object.keys(paper.scores), names(({ passes }) => passes <= 2));
  assertEquals(Object.keys(paper.scores.saliency).length, 6);
  assertEquals(paper.scores["squared saliency"], paper.scores.saliency);
  for (const score of ["reconstruction loss", "norm of the saliency map"]) {
    const { auroc, thresholds } = paper.detection[score];
    assert(auroc.low < auroc.mean && auroc.mean < auroc.high);
    assertEquals(thresholds.length, 2);
  }

  // Of the model with the fastest passes; its encoder has no feature maps.
  const weights = `${folder}/dense.safetensors`;
  const { arrays } = AUTOENCODERS.dense();
  await Deno.writeFile(
    weights,
    writeWeights({ weights: initialise(arrays, 0) }, {}),
  );
  const dense = ["--weights", weights, "--normal", "0,1,2,3,4"];
  const { scores, detection } = await measured("all", ...dense);
  assertEquals(
    Object.keys(scores),
    names(({ needsFeatureMaps }) => !needsFeatureMaps),
  );
  assertStringIncludes(
    await Deno.readTextFile(`${folder}/all/figure.svg`),
    ">erased stroke</text>",
  );
  // Two images of random values: near chance, and not at its ends.
  const { mean } = scores.random.blob.pixelAuroc;
  assert(mean > 0.2 && mean < 0.8, `random scores ${mean}`);
  const fast = await measured("fast", ...dense, "--slow", "0");
  assertEquals(fast.detection, detection);
  assertEquals(
    Object.keys(fast.scores),
    Object.keys(scores).filter((name) => ATTRIBUTIONS[name].passes <= 2),
  );
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
