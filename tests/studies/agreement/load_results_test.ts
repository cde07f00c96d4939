import { assertEquals, assertRejects } from "@std/assert";
import {
  recordedRuns,
  RecordError,
} from "../../../lib/studies/agreement/load_results.ts";
import { resultsOf } from "../../results_fixture.ts";

Deno.test("recordedRuns() finds the results of every folder below, and no others", async () => {
  const folder = await Deno.makeTempDir();
  const write = async (path: string, value: unknown) => {
    await Deno.mkdir(`${folder}/${path}`, { recursive: true });
    await Deno.writeTextFile(
      `${folder}/${path}/results.json`,
      JSON.stringify(value),
    );
  };
  await write("b/epoch10", resultsOf({ seed: 1 }));
  await write("a", resultsOf({ seed: 0 }));
  await write("localization", { settings: {}, models: [] });
  await Deno.writeTextFile(`${folder}/a/other_results.json`, "no JSON");
  const runs = await recordedRuns(folder);
  assertEquals(runs, [resultsOf({ seed: 0 }), resultsOf({ seed: 1 })]);
  await Deno.writeTextFile(`${folder}/a/results.json`, '{"agreement": {');
  await assertRejects(
    () => recordedRuns(folder),
    RecordError,
    "a/results.json is damaged",
  );
  await Deno.remove(folder, { recursive: true });
  assertEquals(await recordedRuns(folder), []);
});
