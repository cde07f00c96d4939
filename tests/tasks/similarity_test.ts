import { basename } from "node:path";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { reproduceTask } from "../../tasks/reproduce.ts";
import { sanityTask } from "../../tasks/sanity.ts";
import { similarityTask } from "../../tasks/similarity.ts";
import { refusal, run } from "./run.ts";
import { tf } from "../../lib/tensor/tensorflow.ts";

async function inFolder(f: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  await f(folder).finally(() => Deno.remove(folder, { recursive: true }));
}

Deno.test("similarity compares every measure on the shipped model", () =>
  inFolder(async (out) => {
    const { code, stdout, stderr } = await run(
      "similarity",
      ...["--images", "40", "--out", out],
    );
    assertEquals(code, 0, stderr);
    assertStringIncludes(stdout, "| Pearson of HOG");
    const { rows, settings } = JSON.parse(
      await Deno.readTextFile(`${out}/results.json`),
    );
    assertEquals([rows.length, settings.images, settings.epochs], [5, 40, 500]);
    assert(rows[0].separation > 0.5, "the maps of an image belong together");
  }));

Deno.test("sanity randomises nine layers and adds two baselines", () =>
  inFolder(async (out) => {
    const { code, stdout, stderr } = await run(
      "sanity",
      ...["--images", "20", "--out", out],
    );
    assertEquals(code, 0, stderr);
    assertStringIncludes(stdout, "| encoder.conv.0");
    const { rows } = JSON.parse(
      await Deno.readTextFile(`${out}/results.json`),
    );
    assertEquals(rows.length, 11);
    assert(await Deno.stat(`${out}/cascade.svg`));
  }));

Deno.test("similarity and sanity answer mistakes with one sentence and exit code 2", async () => {
  const mistakes = [
    [["--images", "1"], "--images takes a whole number from"],
    [["--weights", "no/such.safetensors"], "such.safetensors cannot be read"],
  ] as const;
  for (const [args, message] of mistakes) {
    for (
      const refused of [
        await refusal(similarityTask, ...args),
        await refusal(sanityTask, ...args),
      ]
    ) {
      assertEquals(refused.code, 2);
      assertStringIncludes(refused.message, message);
    }
  }
});

Deno.test("similarity takes a TensorFlow.js model; sanity says that it does not", () =>
  inFolder(async (folder) => {
    const layer = tf.layers.conv2d({
      inputShape: [28, 28, 1],
      ...{ filters: 1, kernelSize: 3, padding: "same", activation: "sigmoid" },
    });
    await tf.sequential({ layers: [layer] }).save(`file://${folder}`);
    const flags = ["--weights", `${folder}/model.json`, "--images", "40"];
    const { code, stderr } = await run(
      "similarity",
      ...[...flags, "--normal", "0,1", "--out", `${folder}/out`],
    );
    assertEquals(code, 0, stderr);
    const { settings } = JSON.parse(
      await Deno.readTextFile(`${folder}/out/results.json`),
    );
    assertEquals([settings.weights, settings.normalClasses], [
      `${basename(folder)}/model.json`,
      [0, 1],
    ]);
    const sanity = await refusal(sanityTask, ...flags);
    assertEquals(sanity.code, 2);
    assertStringIncludes(sanity.message, "needs the layers of one of the");
    const reproduce = await refusal(
      reproduceTask,
      ...[...flags.slice(0, 2), "--statistics", "precise"],
    );
    assertEquals(reproduce.code, 2);
    assertStringIncludes(reproduce.message, "--statistics precise needs");
  }));
