import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { residualTask } from "../../tasks/residual.ts";
import { autoencoderNamed } from "../../lib/model/autoencoders/mod.ts";
import { initialise } from "../../lib/model/parameters.ts";
import { writeWeights } from "../../lib/model/read_weights.ts";
import { tf } from "../../lib/tensor/tensorflow.ts";
import { idx } from "../idx.ts";
import { refusal, run } from "./run.ts";

const MODELS = "data/models/classes01234_seed0_epochs";

Deno.test("residual measures models side by side, and draws them", async () => {
  const out = await Deno.makeTempDir();
  const weights = [20, 500].map((epochs) => `${MODELS}${epochs}.safetensors`);
  const { code, stdout, stderr } = await run(
    "residual",
    ...["--weights", weights.join(","), "--images", "60", "--out", out],
  );
  assertEquals(code, 0, stderr);
  assertStringIncludes(
    stdout,
    "| convolutional, normal 01234, seed 0, 20 epochs ",
  );
  const { kind, models } = JSON.parse(
    await Deno.readTextFile(`${out}/results.json`),
  );
  const [short, long] = models;
  assertEquals([kind, short.epochs, long.epochs], ["residual", 20, 500]);
  // What these two models differ in.
  assert(short.ratio.normal.mean < long.ratio.normal.mean);
  assert(short.agreement.normal.mean > long.agreement.normal.mean);
  assert(long.correlation < 0);
  assertStringIncludes(await Deno.readTextFile(`${out}/figure.svg`), "‖Jᵀr‖");
  // Two images, three pictures each.
  const parts = await Deno.readTextFile(`${out}/parts.svg`);
  assertEquals(parts.match(/<image/g)?.length, 6);
  await Deno.remove(out, { recursive: true });
});

Deno.test("residual tells how many images there were, not how many were asked for", async () => {
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
  const { code, stdout, stderr } = await run(
    "residual",
    ...["--weights", model, "--data", folder, "--normal", "0"],
    ...["--images", "500", "--out", `${folder}-out`],
  );
  assertEquals(code, 0, stderr);
  assertStringIncludes(stdout, "The first 20 test images");
  await Deno.remove(folder, { recursive: true });
  await Deno.remove(`${folder}-out`, { recursive: true });
});

Deno.test("residual answers mistakes with one sentence and exit code 2", async () => {
  const folder = await Deno.makeTempDir();
  const layer = tf.layers.activation({
    inputShape: [28, 28, 1],
    activation: "linear",
  });
  await tf.sequential({ layers: [layer] }).save(`file://${folder}`);
  const kept = `${MODELS}20.safetensors`;
  const mistakes = [
    [["--weights", `${kept},${kept}`], "two of the files are of one model"],
    [["--weights", kept, "--k", "785"], "have 784 pixels"],
    [["--weights", `${folder}/model.json`], "reconstructed exactly"],
    [["--weights", "no/such.safetensors"], "such.safetensors cannot be read"],
    [["--images", "9"], "--images takes a whole number from"],
  ] as const;
  for (const [args, message] of mistakes) {
    const out = `${folder}/${message.length}`;
    const refused = await refusal(residualTask, ...args, "--out", out);
    assertEquals(refused.code, 2);
    assertStringIncludes(refused.message, message);
  }
  await Deno.remove(folder, { recursive: true });
});
