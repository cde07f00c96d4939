import { assertEquals, assertRejects } from "@std/assert";
import {
  claimResults,
  loadWeights,
  weightsName,
} from "../../../tasks/support/files.ts";
import { ROOT } from "../../../tasks/support/process.ts";
import { UsageError } from "../../../tasks/support/errors.ts";

Deno.test("loadWeights() refuses a file of 5 GiB before it is read", async () => {
  const path = await Deno.makeTempFile();
  try {
    // Sparse: it takes no room on the disk.
    await Deno.truncate(path, 5 * 2 ** 30);
    await assertRejects(() => loadWeights(path), UsageError, "5120 MiB");
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("weightsName() tells models of TensorFlow.js by their folders", () => {
  assertEquals(weightsName("models/mine.safetensors"), "mine.safetensors");
  assertEquals(weightsName("models/mine/model.json"), "mine/model.json");
  assertEquals(weightsName(`${ROOT}data/model.json`), "data/model.json");
});

Deno.test("claimResults() leaves finished results alone unless told otherwise", async () => {
  const folder = await Deno.makeTempDir();
  try {
    // Twice: what is not finished stops nobody, nor does an earlier claim.
    for (const _ of [1, 2]) {
      (await claimResults(folder, false))[Symbol.dispose]();
    }
    await Deno.writeTextFile(`${folder}/results.json`, "{}");
    for (const _ of [1, 2]) {
      await assertRejects(
        () => claimResults(folder, false),
        UsageError,
        `${folder} holds finished results: give another --out, or add --overwrite`,
      );
    }
    (await claimResults(folder, true))[Symbol.dispose]();
    assertEquals(await Deno.readTextFile(`${folder}/results.json`), "{}");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
