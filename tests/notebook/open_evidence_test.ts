import { fileURLToPath } from "node:url";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { openEvidence } from "../../lib/notebook/open_evidence.ts";
import { Sentence } from "../../lib/notebook/sentence.ts";

const RESULTS = fileURLToPath(new URL("../../data/results/", import.meta.url));
const PATHS = {
  folder: `${RESULTS}sweep`,
  longRuns: `${RESULTS}epochs500`,
  authors: `${RESULTS}published/exact`,
  classes: `${RESULTS}classes/results.json`,
  statistics: `${RESULTS}running_statistics/results.json`,
};

Deno.test("openEvidence() takes the exact gradient's runs, one for each seed and number of epochs", async () => {
  const { runs, longRuns, authors } = await openEvidence(PATHS);
  for (const opened of [runs, longRuns, authors]) {
    assert(opened.every(({ settings }) => settings.gradient === "exact"));
    const keys = opened.map(({ settings }) =>
      `${settings.seed} ${settings.epochs}`
    );
    assertEquals(new Set(keys).size, keys.length);
  }
  assert(longRuns.length > 1);
});

Deno.test("openEvidence() takes a folder of one run", async () => {
  const longRuns = `${RESULTS}seed0_epochs20`;
  const opened = await openEvidence({ ...PATHS, longRuns });
  assertEquals(opened.longRuns.map(({ settings }) => settings.epochs), [20]);
});

Deno.test("openEvidence() takes for the authors' only one run that tells no seed", async () => {
  for (const other of ["seed0_epochs20", "epochs500", "other_models"]) {
    const authors = `${RESULTS}${other}`;
    await assertRejects(
      () => openEvidence({ ...PATHS, authors }),
      Sentence,
      `${authors} has 0 runs of the authors' weights`,
    );
  }
  // Both gradients are recorded there; the exact one is meant.
  const authors = `${RESULTS}published`;
  const opened = await openEvidence({ ...PATHS, authors });
  assertEquals(
    opened.authors.map(({ settings }) => [settings.gradient, settings.epochs]),
    [["exact", 500]],
  );
});

Deno.test("openEvidence() refuses a folder without a run of the paper's question", async () => {
  const longRuns = `${RESULTS}published/as-published`;
  await assertRejects(
    () => openEvidence({ ...PATHS, longRuns }),
    Sentence,
    longRuns,
  );
});
