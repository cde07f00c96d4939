import { assertEquals, assertRejects } from "@std/assert";
import {
  loadRecord,
  loadResults,
  recordedBenchmarks,
  recordedRuns,
  RecordError,
} from "../../lib/studies/load_results.ts";
import { resultsOf } from "../results_fixture.ts";

/** Runs a test in a folder of its own, with a way to write results there. */
async function inFolder(
  test: (
    folder: string,
    write: (path: string, value: unknown) => Promise<string>,
  ) => Promise<void>,
) {
  const folder = await Deno.makeTempDir();
  const write = async (path: string, value: unknown) => {
    await Deno.mkdir(`${folder}/${path}`, { recursive: true });
    const file = `${folder}/${path}/results.json`;
    await Deno.writeTextFile(file, JSON.stringify(value));
    return file;
  };
  try {
    await test(folder, write);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const run = resultsOf({ seed: 0 });

Deno.test("recordedRuns() finds the runs of every folder below, and no other kinds", async () => {
  await inFolder(async (folder, write) => {
    await write("b/epoch10", { kind: "agreement", ...resultsOf({ seed: 1 }) });
    await write("a", run);
    await write("localization", { settings: {}, models: [] });
    await write("sanity", { kind: "sanity", settings: {}, rows: [] });
    await write("part", { agreement: {} });
    await write("none", null);
    await Deno.writeTextFile(`${folder}/a/other_results.json`, "no JSON");
    assertEquals(await recordedRuns(folder), [run, resultsOf({ seed: 1 })]);
    await Deno.writeTextFile(`${folder}/a/results.json`, '{"agreement": {');
    await assertRejects(
      () => recordedRuns(folder),
      RecordError,
      "a/results.json is damaged",
    );
  });
});

Deno.test("recordedBenchmarks() has the models of every localization below, in the order of paths", async () => {
  await inFolder(async (folder, write) => {
    const benchmark = (...seeds: number[]) => ({
      kind: "localization",
      models: seeds.map((seed) => ({ seed, scores: {}, detection: {} })),
    });
    await write("b/localization", benchmark(3));
    await write("a/localization", benchmark(1, 2));
    await write("a", run);
    const models = await recordedBenchmarks(folder);
    assertEquals(models.map(({ seed }) => seed), [1, 2, 3]);
    assertEquals(await recordedBenchmarks(`${folder}/none`), []);
    const empty = await write("c", benchmark());
    await assertRejects(
      () => recordedBenchmarks(folder),
      RecordError,
      `${empty} is incomplete: it has no usable models`,
    );
  });
});

Deno.test("recordedRuns() takes only a folder that is not there for one without runs", async () => {
  await inFolder(async (folder, write) => {
    assertEquals(await recordedRuns(`${folder}/none`), []);
    const file = await write("a", run);
    await assertRejects(() => recordedRuns(file), Error, "ENOTDIR");
  });
});

Deno.test("loadResults() reads a run with and without its kind", async () => {
  await inFolder(async (_, write) => {
    assertEquals(await loadResults(await write("old", run)), run);
    const file = await write("new", { kind: "agreement", ...run });
    assertEquals(await loadResults(file), run);
  });
});

Deno.test("loadResults() keeps the versions of the software, where they were recorded", async () => {
  await inFolder(async (_, write) => {
    const software = { tensorflow: "2.15.1", deno: "2.9.6" };
    const file = await write("new", { kind: "agreement", ...run, software });
    assertEquals((await loadResults(file)).software, software);
    assertEquals(
      (await loadResults(await write("old", run))).software,
      undefined,
    );
  });
});

Deno.test("loadResults() refuses another kind of results, naming it", async () => {
  await inFolder(async (_, write) => {
    const sanity = await write("a", { ...run, kind: "sanity" });
    await assertRejects(
      () => loadResults(sanity),
      RecordError,
      'it holds results of the kind "sanity"',
    );
    const unknown = await write("b", { settings: {}, models: [] });
    await assertRejects(
      () => loadResults(unknown),
      RecordError,
      "it holds no kind of results",
    );
  });
});

for (
  const [missing, change] of Object.entries({
    "settings.normalClasses": {
      settings: { ...run.settings, normalClasses: 7 },
    },
    "settings.k": { settings: { ...run.settings, k: [] } },
    "settings.data": { settings: { ...run.settings, data: undefined } },
    "counts.novel": { counts: { normal: 4 } },
    "meanAgreement.10.normal": { meanAgreement: { 5: {} } },
    "mapMse.saliency.normal": { mapMse: null },
    "agreement.10.novel": {
      agreement: { 10: { ...run.agreement[10], novel: [1, 2] } },
    },
    "auroc": { auroc: "0.75" },
  })
) {
  Deno.test(`loadResults() refuses a run without a usable ${missing}`, async () => {
    await inFolder(async (_, write) => {
      const file = await write("a", { kind: "agreement", ...run, ...change });
      await assertRejects(
        () => loadResults(file),
        RecordError,
        `it has no usable ${missing};`,
      );
    });
  });
}

for (
  const [what, kind, message] of [
    ["text of a thousand characters", "x".repeat(1000), 'xxx…"'],
    ["an object", { toString: 1 }, "unknown"],
  ] as const
) {
  Deno.test(`loadResults() refuses a kind that is ${what} in one short sentence`, async () => {
    await inFolder(async (_, write) => {
      const path = await write("a", { ...run, kind });
      const error = await assertRejects(
        () => loadResults(path),
        RecordError,
        message,
      );
      assertEquals(error.message.length < 300, true);
    });
  });
}

Deno.test("loadRecord() takes a list of one, and refuses an empty one", async () => {
  await inFolder(async (_, write) => {
    const one = await write("one", { kind: "sanity", rows: [7] });
    assertEquals(await loadRecord(one, "sanity", "rows"), [7]);
    const empty = await write("empty", { kind: "sanity", rows: [] });
    await assertRejects(
      () => loadRecord(empty, "sanity", "rows"),
      RecordError,
      "it has no usable rows",
    );
  });
});
