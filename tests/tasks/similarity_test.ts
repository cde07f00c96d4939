import { autoencoderNamed } from "../../lib/model/autoencoders/mod.ts";
import { initialise } from "../../lib/model/parameters.ts";
import { writeWeights } from "../../lib/model/read_weights.ts";
import { idx } from "../idx.ts";
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

Deno.test("similarity and sanity refuse images that are too small for a measure", async () => {
  const folder = await Deno.makeTempDir();
  const shape = { height: 8, width: 8, channels: 1 };
  const autoencoder = autoencoderNamed({ model: "dense", shape });
  const weights = initialise(autoencoder.arrays, 0);
  const model = `${folder}/model.safetensors`;
  await Deno.writeFile(model, writeWeights({ weights }, {}, autoencoder));
  const labels = Array.from({ length: 20 }, (_, i) => i % 2);
  const pixels = Array.from({ length: 20 * 64 }, (_, i) => (i * i) % 251);
  for (const part of ["train", "t10k"]) {
    const name = `${folder}/${part}`;
    await Deno.writeFile(`${name}-images-idx3-ubyte`, idx([20, 8, 8], pixels));
    await Deno.writeFile(`${name}-labels-idx1-ubyte`, idx([20], labels));
  }
  const args = ["--weights", model, "--data", folder];
  for (
    const [refused, out] of [
      [await refusal(sanityTask, ...args, "--out", `${folder}-a`), "a"],
      [
        await refusal(
          similarityTask,
          ...[...args, "--normal", "0", "--out", `${folder}-b`],
        ),
        "b",
      ],
    ] as const
  ) {
    assertEquals(refused.code, 2);
    assertStringIncludes(refused.message, "one block takes 14×14 pixels");
    await Deno.remove(`${folder}-${out}`, { recursive: true });
  }
  await Deno.remove(folder, { recursive: true });
});
