import { assertEquals, assertStringIncludes } from "@std/assert";
import { resultsOf } from "../results_fixture.ts";
import { run } from "./run.ts";

Deno.test("summarise writes a summary, tables and a figure for each split and gradient", async () => {
  const folder = await Deno.makeTempDir();
  const files = await Promise.all([0, 1, 2].map(async (seed) => {
    const file = `${folder}/${seed}.json`;
    await Deno.writeTextFile(file, JSON.stringify(resultsOf({ seed })));
    return file;
  }));
  const { code, stdout, stderr } = await run(
    "summarise",
    ...["--results", files.join(","), "--out", `${folder}/out`],
  );
  assertEquals(code, 0, stderr);
  assertStringIncludes(stdout, "Means over the seeds 0, 1, 2");
  assertEquals(
    [...Deno.readDirSync(`${folder}/out`)].map(({ name }) => name).sort(),
    [
      "epochs_convolutional_classes01234_exact.png",
      "epochs_convolutional_classes01234_exact.svg",
      "summary.json",
      "table.md",
    ],
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("summarise answers mistakes with one sentence and exit code 2", async () => {
  const mistakes = [
    [[], "--results takes the results.json files"],
    [["--results", "no/such.json"], "no/such.json cannot be read"],
    [["--results", "deno.json"], "deno.json is no results.json"],
  ] as const;
  for (const [args, message] of mistakes) {
    const { code, stderr } = await run("summarise", ...args);
    assertEquals(code, 2);
    assertStringIncludes(stderr, message);
  }
});
