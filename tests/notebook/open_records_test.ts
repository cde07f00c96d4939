import { assertEquals, assertRejects } from "@std/assert";
import {
  openLocalization,
  openLocalizations,
  openRuns,
  openStatistics,
} from "../../lib/notebook/open_records.ts";
import { Sentence } from "../../lib/notebook/sentence.ts";

const RESULTS = new URL("../../data/results/", import.meta.url).pathname;

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
