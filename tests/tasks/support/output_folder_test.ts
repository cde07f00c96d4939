import {
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { AUTOENCODERS } from "../../../lib/model/autoencoders/mod.ts";
import { initialise } from "../../../lib/model/parameters.ts";
import { modelFile, readModel } from "../../../lib/training/model_file.ts";
import {
  readCheckpoint,
  writeCheckpoint,
} from "../../../lib/training/checkpoint.ts";
import { disposeTraining, initTraining } from "../../../lib/training/state.ts";
import type { RunSettings } from "../../../lib/training/settings.ts";
import type { ResultSettings } from "../../../lib/studies/agreement/results.ts";
import { UsageError } from "../../../tasks/support/errors.ts";
import { folderStore } from "../../../tasks/support/checkpoints.ts";
import { clearFolder } from "../../../tasks/support/output_folder.ts";

const settings: RunSettings = {
  ...{ seed: 3, epochs: 1, batchSize: 256, learningRate: 0.01 },
  ...{ normalClasses: [1], data: "mnist", model: "dense" },
};
const history = [{ training: 0.2, validation: 0.1 }];
const weights = modelFile(settings, {
  weights: initialise(AUTOENCODERS.dense().arrays, 0),
  history,
});

/** A folder with a finished run: weights, results and a note of the user's. */
async function withRun(test: (out: string) => Promise<void>) {
  const out = await Deno.makeTempDir();
  try {
    await Deno.writeFile(`${out}/weights.safetensors`, weights);
    await Deno.writeTextFile(
      `${out}/results.json`,
      JSON.stringify({ settings }),
    );
    await Deno.writeTextFile(`${out}/table.md`, "old");
    await Deno.writeTextFile(`${out}/notes.txt`, "mine");
    await test(out);
  } finally {
    await Deno.remove(out, { recursive: true });
  }
}

const namesIn = async (folder: string) =>
  (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();

Deno.test("clearFolder() refuses a folder with another finished run, and names it", () =>
  withRun(async (out) => {
    const before = await namesIn(out);
    for (
      const other of [{ seed: 4 }, { epochs: 2 }, { normalClasses: [2] }, {
        model: "convolutional",
      }, { shape: { height: 28, width: 28, channels: 3 } }] as Partial<
        RunSettings
      >[]
    ) {
      const error = await assertRejects(
        () => clearFolder({ out, run: { ...settings, ...other } }),
        UsageError,
        "holds another finished run (dense, normal classes 1, seed 3, 1 epochs",
      );
      assertEquals(error.message.includes("--overwrite"), true);
    }
    assertEquals(await namesIn(out), before);
  }));

Deno.test("clearFolder() refuses a folder with another task's results, whatever they say of the model", async () => {
  for (
    const [name, text] of [
      ["results.json", JSON.stringify({ kind: "sanity", settings })],
      ["summary.json", "[]"],
      ["tables.md", ""],
    ]
  ) {
    const out = await Deno.makeTempDir();
    await Deno.writeTextFile(`${out}/${name}`, text);
    await assertRejects(
      () => clearFolder({ out, run: settings }),
      UsageError,
      `${out} holds finished results of another task (${name}): give another`,
    );
    await clearFolder({ out, run: settings, overwrite: true });
    await Deno.remove(out, { recursive: true });
  }
});

Deno.test("clearFolder() leaves what the same run left, until it is replaced", () =>
  withRun(async (out) => {
    const before = await namesIn(out);
    await clearFolder({ out, run: settings });
    assertEquals(await namesIn(out), before);
  }));

Deno.test("folderStore() takes results away when it replaces the weights they are of", () =>
  withRun(async (out) => {
    const store = folderStore({ out, settings, keep: [], resume: false });
    const { settings: _, ...model } = readModel(weights);
    await store.saveModel(model);
    assertEquals(await namesIn(out), ["notes.txt", "weights.safetensors"]);
  }));

Deno.test("clearFolder() with overwrite starts an unfinished run afresh", async () => {
  const out = await Deno.makeTempDir();
  for (const name of ["checkpoint", "checkpoint.previous"]) {
    await Deno.writeFile(`${out}/${name}.safetensors`, weights);
  }
  // Kept on the way, perhaps by another run.
  await Deno.writeFile(`${out}/weights_epoch5.safetensors`, weights);
  await clearFolder({ out, run: settings, overwrite: true, resume: true });
  assertEquals((await namesIn(out)).length, 3);
  await clearFolder({ out, run: settings, overwrite: true });
  assertEquals(await namesIn(out), []);
  // Without a checkpoint beside it, it may be anybody's.
  await Deno.writeFile(`${out}/weights_epoch5.safetensors`, weights);
  await clearFolder({ out, run: settings, overwrite: true });
  assertEquals(await namesIn(out), ["weights_epoch5.safetensors"]);
  await Deno.remove(out, { recursive: true });
});

Deno.test("folderStore() refuses a checkpoint that cannot be read, as if it were not there it would be lost", async () => {
  const out = await Deno.makeTempDir();
  await Deno.mkdir(`${out}/checkpoint.safetensors`);
  const store = folderStore({ out, settings, keep: [], resume: true });
  await assertRejects(
    () => store.load(() => Promise.reject(new Error("not asked"))),
    UsageError,
    "checkpoint.safetensors cannot be read",
  );
  await Deno.remove(out, { recursive: true });
});

Deno.test("clearFolder() with overwrite leaves nothing of the other run, and what is not a run's", () =>
  withRun(async (out) => {
    await Deno.writeFile(`${out}/weights_epoch5.safetensors`, weights);
    await Deno.writeFile(`${out}/checkpoint.previous.safetensors`, weights);
    const other = { ...settings, seed: 4 };
    await clearFolder({ out, run: other, overwrite: true });
    assertEquals(await namesIn(out), ["notes.txt"]);
  }));

Deno.test("clearFolder() with overwrite keeps the file that is read", () =>
  withRun(async (out) => {
    const input = `${out}/../${out.split("/").at(-1)}/weights.safetensors`;
    await clearFolder({ out, overwrite: true, input });
    assertEquals(await namesIn(out), ["notes.txt", "weights.safetensors"]);
  }));

Deno.test("clearFolder() lets a longer run go on where it is resumed", () =>
  withRun(async (out) => {
    await Deno.writeFile(`${out}/checkpoint.safetensors`, weights);
    const before = await namesIn(out);
    await clearFolder({
      ...{ out, resume: true, run: { ...settings, epochs: 9 } },
    });
    assertEquals(await namesIn(out), before);
  }));

Deno.test("clearFolder() takes a results.json that cannot be read for another run's", () =>
  withRun(async (out) => {
    await Deno.remove(`${out}/weights.safetensors`);
    await Deno.writeTextFile(`${out}/results.json`, "{");
    await assertRejects(() => clearFolder({ out, run: settings }), UsageError);
  }));

Deno.test("clearFolder() has nothing to say of an empty folder", async () => {
  const out = await Deno.makeTempDir();
  await clearFolder({ out, run: settings });
  await Deno.remove(out);
});

const measured = { ...settings, gradient: "exact", k: [5, 10] };

/** A folder with results alone, and what clearFolder() says of other ones. */
async function withResults(
  settings: object,
  test: (refuses: (measured: ResultSettings) => Promise<boolean>) => unknown,
) {
  const out = await Deno.makeTempDir();
  await Deno.writeTextFile(
    `${out}/results.json`,
    JSON.stringify({ settings }),
  );
  await test((measured) =>
    clearFolder({ out, measured }).then(() => false, (error) => {
      assertInstanceOf(error, UsageError);
      return true;
    })
  );
  await Deno.remove(out, { recursive: true });
}

Deno.test("clearFolder() refuses to replace results of another gradient, other statistics or K", () =>
  withResults(measured, async (refuses) => {
    assertEquals(await refuses(measured), false);
    assertEquals(
      await refuses({ ...measured, gradient: "as-published" }),
      true,
    );
    assertEquals(await refuses({ ...measured, statistics: "precise" }), true);
    assertEquals(await refuses({ ...measured, k: [5] }), true);
  }));

Deno.test("clearFolder() refuses to replace results whose model does not tell how it was trained", () => {
  const { data, normalClasses, gradient, k } = measured;
  const authors = { data, normalClasses, gradient, k, weights: "model.json" };
  // The name is that of any TensorFlow.js model.
  return withResults(authors, async (refuses) => {
    assertEquals(await refuses(authors), true);
  });
});

Deno.test("clearFolder() refuses to replace results of another file of the same training", () =>
  withResults(
    { ...measured, weights: "weights.safetensors" },
    async (refuses) => {
      const of = (weights: string) => refuses({ ...measured, weights });
      assertEquals(await of("weights.safetensors"), false);
      assertEquals(await of("weights_precise.safetensors"), true);
    },
  ));

Deno.test("clearFolder() with resume takes longer runs alone, and other results only with overwrite", () =>
  withRun(async (out) => {
    const longer = { ...settings, epochs: 9 };
    const use = { out, run: longer, resume: true };
    // Without a checkpoint there is nothing to go on from.
    await assertRejects(() => clearFolder(use), UsageError, "finished run");
    await Deno.writeFile(`${out}/checkpoint.safetensors`, weights);
    const before = await namesIn(out);
    await clearFolder(use);
    assertEquals(await namesIn(out), before);
    await Deno.writeTextFile(
      `${out}/results.json`,
      JSON.stringify({ settings: measured }),
    );
    const other = { ...use, measured: { ...measured, k: [7] } };
    await assertRejects(() => clearFolder(other), UsageError, "K = 5,10");
    await clearFolder({ ...other, overwrite: true });
    assertEquals(await namesIn(out), [
      ...["checkpoint.safetensors", "notes.txt", "weights.safetensors"],
    ]);
  }));

Deno.test("clearFolder() with overwrite takes other results of the same trained model away, and no weights", () =>
  withRun(async (out) => {
    await Deno.writeFile(`${out}/checkpoint.safetensors`, weights);
    await clearFolder({
      ...{ out, run: settings, isTrained: true, overwrite: true },
      measured: { ...measured, gradient: "as-published" },
    });
    assertEquals(await namesIn(out), [
      ...["checkpoint.safetensors", "notes.txt", "weights.safetensors"],
    ]);
  }));

Deno.test("folderStore() keeps a run whose epochs are done and whose weights are not written", () =>
  withRun(async (out) => {
    const state = initTraining(settings.seed, AUTOENCODERS.dense());
    const done = { ...state, history, step: 1, batchesTracked: 1 };
    await Deno.writeFile(
      `${out}/checkpoint.safetensors`,
      await writeCheckpoint(done, settings),
    );
    const load = (resume: boolean) =>
      folderStore({ out, settings, keep: [], resume }).load(readCheckpoint);
    assertEquals(await load(false), undefined);
    await Deno.remove(`${out}/weights.safetensors`);
    await assertRejects(
      () => load(false),
      UsageError,
      "holds an unfinished run (1 of 1 epochs, no weights): add --resume",
    );
    const { state: resumed } = (await load(true))!;
    assertEquals(resumed.history, history);
    disposeTraining(resumed);
    disposeTraining(state);
  }));

Deno.test("clearFolder() with overwrite keeps the training whose running statistics are measured anew", () =>
  withRun(async (out) => {
    const before = await namesIn(out);
    const input = `${out}/weights_precise.safetensors`;
    await Deno.writeFile(input, weights);
    const run: RunSettings = { ...settings, statistics: "precise" };
    const measured: ResultSettings = {
      ...{ ...settings, gradient: "exact", k: [10], statistics: "precise" },
      weights: "weights_precise.safetensors",
    };
    await clearFolder({
      ...{ out, run, measured, input, isTrained: true, overwrite: true },
    });
    assertEquals(
      (await namesIn(out)).filter((name) => name.startsWith("weights")),
      ["weights.safetensors", "weights_precise.safetensors"],
    );
    assertEquals(before.includes("weights.safetensors"), true);
  }));

Deno.test("clearFolder() refuses a folder where a file is to be written", async () => {
  for (const name of ["weights.safetensors", "results.json"]) {
    const out = await Deno.makeTempDir();
    await Deno.mkdir(`${out}/${name}`);
    await assertRejects(
      () => clearFolder({ out, run: settings }),
      UsageError,
      `${name} is a folder, where a file is to be written`,
    );
    await Deno.remove(out, { recursive: true });
  }
});

Deno.test("folderStore() tells of epochs to be kept that are past", () =>
  withRun(async (out) => {
    const long = { ...settings, epochs: 3 };
    const state = initTraining(long.seed, AUTOENCODERS.dense());
    const done = {
      ...{ ...state, history: [...history, ...history] },
      ...{ step: 2, batchesTracked: 2 },
    };
    await Deno.writeFile(
      `${out}/checkpoint.safetensors`,
      await writeCheckpoint(done, long),
    );
    const said: string[] = [];
    const { error } = console;
    console.error = (text: string) => void said.push(text);
    try {
      const store = folderStore({
        ...{ out, settings: long, keep: [1, 2, 3], resume: true },
      });
      disposeTraining((await store.load(readCheckpoint))!.state);
    } finally {
      console.error = error;
      disposeTraining(state);
    }
    assertEquals(said.length, 1);
    assertStringIncludes(said[0], "note: --keep 1 is past");
  }));
