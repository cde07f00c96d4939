import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { residualTask } from "../../tasks/residual.ts";
import { tf } from "../../lib/tensor/tensorflow.ts";
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
