import { assertEquals, assertStringIncludes } from "@std/assert";
import { existsSync } from "node:fs";
import { resultsOf } from "../results_fixture.ts";
import { benchTask } from "../../tasks/develop/bench.ts";
import { summariseTask } from "../../tasks/summarise.ts";
import { refusal, ROOT, run } from "./run.ts";

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
  const out = ["--out", `${folder}/out`];
  await Deno.writeTextFile(`${folder}/out/methods.md`, "of other results");
  const again = await refusal(summariseTask, "--results", files[0], ...out);
  assertEquals(again.code, 2);
  assertStringIncludes(again.message, "holds a summary.json");
  const replaced = await run(
    "summarise",
    ...["--results", files[0], ...out, "--overwrite"],
  );
  assertEquals(replaced.code, 0, replaced.stderr);
  assertEquals(
    [...Deno.readDirSync(`${folder}/out`)].map(({ name }) => name)
      .includes("methods.md"),
    false,
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("summarise --beside tells where another model lies among the seeds", async () => {
  const sweep = "data/results/sweep/convolutional_classes01234_seed";
  const files = [0, 1, 2, 3, 4]
    .map((seed) => `${sweep}${seed}/epoch50_exact/results.json`);
  const folder = await Deno.makeTempDir();
  const { code, stdout, stderr } = await run(
    "summarise",
    ...["--results", files.join(","), "--out", folder],
    ...["--beside", "data/results/published/exact/results.json"],
  );
  assertEquals(code, 0, stderr);
  assertStringIncludes(stdout, "Among 5 seeds of 50 epochs, the authors':");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("summarise leaves files that are not of a summary", async () => {
  const folder = await Deno.makeTempDir();
  const own = ["epochs_my_own_plot.png", "methods.md"];
  for (const name of own) await Deno.writeTextFile(`${folder}/${name}`, "mine");
  const run50 =
    "data/results/sweep/convolutional_classes01234_seed0/epoch50_exact";
  const results = ["--results", `${run50}/results.json`, "--out", folder];
  const { code, stderr } = await run("summarise", ...results);
  assertEquals(code, 0, stderr);
  for (const name of own) {
    assertEquals(await Deno.readTextFile(`${folder}/${name}`), "mine");
  }
  // The figure of an earlier summary, of other classes.
  const old = `${folder}/epochs_convolutional_classes1-10-11_exact.svg`;
  await Deno.writeTextFile(old, "old");
  const again = await run("summarise", ...results, "--overwrite");
  assertEquals(again.code, 0, again.stderr);
  assertEquals(existsSync(old), false);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("summarise answers mistakes with one sentence and exit code 2", async () => {
  const sweep = "data/results/sweep/convolutional_classes01234_seed0";
  const run50 = `${sweep}/epoch50_exact`;
  const results = ["--results", `${run50}/results.json`];
  const mistakes = [
    [[], "--results takes the results.json files"],
    [["--results", "no/such.json"], "no/such.json cannot be read"],
    [["--results", "deno.json"], "deno.json is no results.json"],
    [[...results, "--localization", "no.json"], "no.json cannot be read"],
    [[...results, "--localization", `${run50}/results.json`], "of the kind"],
    [
      [...results, "--localization", "data/results/localization/results.json"],
      "no results are of the convolutional autoencoder of seed",
    ],
    [[...results, "--beside", "no.json"], "no.json cannot be read"],
    [
      [
        ...[...results, "--beside"],
        "data/results/published/as-published/results.json",
      ],
      "has no runs of its model, normal classes, gradient, data, K, training and batch norm's statistics",
    ],
  ] as const;
  for (const [args, message] of mistakes) {
    const refused = await refusal(summariseTask, ...args);
    assertEquals(refused.code, 2);
    assertStringIncludes(refused.message, message);
  }
});

Deno.test("summarise answers a results.json that it cannot use with one sentence, and writes nothing", async () => {
  const folder = await Deno.makeTempDir();
  const good = resultsOf({ seed: 0 });
  const bad = {
    "has the model": { model: "x/../../../escaped" },
    "has the gradient": { gradient: "a|b`" },
    "has the seed": { seed: "0|1" },
    "has the epochs": { epochs: [20] },
    "no usable settings.normalClasses": { normalClasses: "01" },
  };
  const file = `${folder}/results.json`;
  for (const [message, settings] of Object.entries(bad)) {
    const results = { ...good, settings: { ...good.settings, ...settings } };
    await Deno.writeTextFile(file, JSON.stringify(results));
    const refused = await refusal(
      summariseTask,
      ...["--results", file, "--out", `${folder}/out`],
    );
    assertEquals(refused.code, 2);
    assertEquals(refused.message.split("\n").length, 1);
    assertStringIncludes(refused.message, message);
  }
  assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), [
    "results.json",
  ]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("summarise asks for K = 10 where methods are compared", async () => {
  const folder = await Deno.makeTempDir();
  const { settings, ...rest } = resultsOf({ seed: 0 });
  const ofTwo = <T>({ 10: value }: Record<number, T>) => ({ 2: value });
  const results = {
    ...rest,
    settings: { ...settings, k: [2] },
    agreement: { 2: { normal: [4, 0, 0], novel: [3, 1, 0] } },
    meanAgreement: ofTwo(rest.meanAgreement),
    chanceAgreement: ofTwo(rest.chanceAgreement),
    maxDistance: ofTwo(rest.maxDistance),
  };
  const file = `${folder}/run.json`;
  await Deno.writeTextFile(file, JSON.stringify(results));
  const refused = await refusal(
    summariseTask,
    ...["--results", file, "--out", `${folder}/out`],
    ...["--localization", "data/results/localization/results.json"],
  );
  assertEquals(refused.code, 2);
  assertStringIncludes(refused.message, "--results with K = 10");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("summarise and bench answer an output of the wrong kind with one sentence", async () => {
  const folder = await Deno.makeTempDir();
  const file = `${folder}/results.json`;
  await Deno.writeTextFile(file, JSON.stringify(resultsOf({ seed: 0 })));
  const refused = [
    await refusal(summariseTask, "--results", file, "--out", file),
    await refusal(benchTask, "--out", `${file}/bench.json`),
    await refusal(benchTask, "--out", folder),
  ];
  for (const { code, message } of refused) {
    assertEquals(code, 2);
    assertEquals(message.split("\n").length, 1);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("summarise takes relative paths from the folder where it was called", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(
    `${folder}/run.json`,
    JSON.stringify(resultsOf({ seed: 0 })),
  );
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["task", "--quiet", "--config", `${ROOT}deno.json`, "summarise"],
      ...["--results", "run.json", "--out", "sums"],
    ],
    cwd: folder,
    env: { INIT_CWD: folder },
  }).output();
  const [printed, errors] = [stdout, stderr]
    .map((bytes) => new TextDecoder().decode(bytes));
  assertEquals([code, errors], [0, ""]);
  assertStringIncludes(printed, "written to sums\n");
  assertEquals(await Deno.stat(`${folder}/sums/table.md`).then(Boolean), true);
  await Deno.remove(folder, { recursive: true });
});
