import { fileURLToPath } from "node:url";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  openCourse,
  openLocalization,
  openLocalizations,
  openRuns,
  openStatistics,
  openSummaries,
  openTable,
  sumUp,
  unlessMissing,
} from "../../lib/notebook/open_records.ts";
import { Sentence } from "../../lib/notebook/sentence.ts";
import { withJupyter } from "./fake_jupyter.ts";

const RESULTS = fileURLToPath(new URL("../../data/results/", import.meta.url));

Deno.test("openLocalization() and openStatistics() read what was recorded", async () => {
  const models = await openLocalization(`${RESULTS}localization/results.json`);
  assertEquals(models[0].epochs, 500);
  const all = await openLocalizations(`${RESULTS}localization_seeds`);
  assertEquals(all.map(({ seed }) => seed), [0, 1, 2, 3, 4]);
  const rows = await openStatistics(
    `${RESULTS}running_statistics/results.json`,
  );
  assertEquals(rows[0].statistics, "as-stored");
});

Deno.test("records that are not there, or of another kind, give one sentence with the path", async () => {
  const missing = `${RESULTS}nowhere/results.json`;
  await assertRejects(() => openStatistics(missing), Sentence, missing);
  await assertRejects(() => openRuns("nowhere"), Sentence, "nowhere");
  await assertRejects(
    () => openLocalizations(`${RESULTS}sanity`),
    Sentence,
    `no recorded localization in ${RESULTS}sanity`,
  );
  const statistics = `${RESULTS}running_statistics/results.json`;
  await assertRejects(
    () => openLocalization(statistics),
    Sentence,
    'not "localization"',
  );
});

Deno.test("a folder in place of a file, a file in place of a folder, and what is no path give one sentence", async () => {
  const file = `${RESULTS}running_statistics/results.json`;
  const cases = [
    [() => openStatistics(RESULTS), "this is a folder"],
    [() => openTable(RESULTS), "this is a folder"],
    [() => openRuns(file), `this is a file: ${file}`],
    [() => openTable(`${RESULTS}none.md`), `no record ${RESULTS}none.md`],
    [() => openStatistics(500_000 as never), "in quotation marks"],
    [() => openRuns(5 as never), "in quotation marks"],
  ] as const;
  for (const [open, message] of cases) {
    await assertRejects<unknown>(open, Sentence, message);
  }
});

Deno.test("openCourse() is of one training, in the order of its epochs", async () => {
  const course = await openCourse(`${RESULTS}localization_epochs`);
  assertEquals(course.map(({ epochs }) => epochs), [
    20,
    50,
    150,
    250,
    350,
    500,
  ]);
  const seeds = `${RESULTS}localization_seeds`;
  await assertRejects(
    () => openCourse(seeds),
    Sentence,
    `${seeds} has several models of 50 epochs`,
  );
});

Deno.test("openCourse() refuses models of different trainings, whatever their epochs", async () => {
  const folder = await Deno.makeTempDir();
  const [first] = await openCourse(`${RESULTS}localization_epochs`);
  const write = (models: unknown[]) =>
    Deno.writeTextFile(
      `${folder}/results.json`,
      JSON.stringify({ kind: "localization", models }),
    );
  await write([first, { ...first, epochs: 21 }]);
  assertEquals((await openCourse(folder)).length, 2);
  for (
    const other of [{ seed: 7 }, { model: "dense" }, { normalClasses: [5] }, {
      passes: "none",
    }]
  ) {
    await write([first, { ...first, epochs: 21, ...other }]);
    await assertRejects(
      () => openCourse(folder),
      Sentence,
      `models that differ in their ${Object.keys(other)[0]}, and so is not`,
    );
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("openSummaries() sums up the runs of a folder", async () => {
  const summary = (await openSummaries(`${RESULTS}epochs500/seed1`)).at(-1)!;
  assertEquals(summary.seeds, [1]);
  assertEquals(summary.epochs, 500);
});

Deno.test("runs that cannot be summed up give one sentence with their folder", async () => {
  const runs = await openRuns(`${RESULTS}epochs500/seed1`);
  assertThrows(
    () => sumUp([...runs, ...runs], "twice"),
    Sentence,
    "twice: two runs have seed 1",
  );
});

Deno.test("unlessMissing() shows what is missing as a sentence, and hands on what is there", () =>
  withJupyter(async (shown) => {
    assertEquals(await unlessMissing(openRuns("nowhere")), undefined);
    assertEquals(
      shown.map(({ data }) => data["text/plain"]),
      ["There is no recorded run in nowhere."],
    );
    assertEquals(await unlessMissing(Promise.resolve(7)), 7);
    const other = Promise.reject(new TypeError("a fault"));
    await assertRejects(() => unlessMissing(other), TypeError, "a fault");
    assertEquals(shown.length, 1);
  }));
