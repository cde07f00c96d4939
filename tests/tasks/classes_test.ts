import { assertEquals, assertStringIncludes } from "@std/assert";
import { classesTask } from "../../tasks/classes.ts";
import { refusal, run } from "./run.ts";

const PUBLISHED = "data/results/published";
const EXACT = `${PUBLISHED}/exact/results.json`;

const SEED0 = "data/results/epochs500/seed0/results.json";
const AS_PUBLISHED = `${PUBLISHED}/as-published/results.json`;
const OTHER_SPLIT =
  "data/results/classes/normal56789_seed0_epochs50/results.json";

Deno.test("classes has a column a run, its means by class that add up to the run's, and a figure", async () => {
  const out = await Deno.makeTempDir();
  const { code, stdout, stderr } = await run(
    "classes",
    ...["--results", `${EXACT},${SEED0}`, "--out", out],
  );
  assertEquals(code, 0, stderr);
  assertStringIncludes(
    stdout,
    "| the authors', exact | seed 0, 500 epochs, exact |",
  );
  const { runs, otherK, leftOut } = JSON.parse(
    await Deno.readTextFile(`${out}/results.json`),
  );
  assertEquals(runs.map(({ k }: { k: number }) => k), [10, 10]);
  assertEquals(otherK.map(({ k }: { k: number }) => k), [5, 5]);
  assertEquals(Object.keys(leftOut[1].without), [..."0123456789"]);
  for (const [i, path] of [EXACT, SEED0].entries()) {
    const { meanAgreement } = JSON.parse(await Deno.readTextFile(path));
    let [images, sum] = [0, 0];
    for (const { novel, images: own, means } of runs[i].classes) {
      if (novel) continue;
      images += own;
      sum += own * means.meanAgreement;
    }
    assertEquals(
      (sum / images).toFixed(9),
      meanAgreement[10].normal.toFixed(9),
    );
  }
  assertEquals(
    [...Deno.readDirSync(out)].map(({ name }) => name).sort(),
    [".lock", "classes.png", "classes.svg", "results.json", "table.md"],
  );
  const again = await refusal(classesTask, "--results", EXACT, "--out", out);
  assertStringIncludes(again.message, "holds finished results");
  await Deno.remove(out, { recursive: true });
});

Deno.test("classes crosses runs of as many epochs in which other classes are novel", async () => {
  const folder = await Deno.makeTempDir();
  const records = [
    "seed0_epochs50",
    "one_thread_seed0_epochs100",
    "normal56789_seed0_epochs50",
  ];
  const { code, stdout, stderr } = await run(
    "classes",
    "--results",
    records.map((name) => `data/results/classes/${name}/results.json`)
      .join(","),
    ...["--out", `${folder}/out`],
  );
  assertEquals(code, 0, stderr);
  const [, crossed, byMeasure] = stdout.split(
    /What novelty adds to the same class|The same by each measure/,
  );
  // Top-5 agreement.
  assertStringIncludes(byMeasure.replaceAll(/ +/g, " "), "| 0.12 (0.143) |");
  const lines = crossed.replaceAll(/ +/g, " ").split("\n")
    .filter((line) => line.startsWith("| seed"));
  assertEquals(lines.length, 1);
  assertStringIncludes(
    lines[0],
    "| seed 0, 50 epochs, exact | normal 56789, seed 0, 50 epochs, exact |",
  );
  const isDrawn = () =>
    [...Deno.readDirSync(`${folder}/out`)]
      .some(({ name }) => name.startsWith("cross_over"));
  assertEquals(isDrawn(), true);
  // One run alone crosses with none, and its folder holds no other's figure.
  const alone = ["--results", EXACT, "--out", `${folder}/out`, "--overwrite"];
  assertEquals((await run("classes", ...alone)).code, 0);
  assertEquals(isDrawn(), false);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("classes takes what a control has off, class by class", async () => {
  const out = await Deno.makeTempDir();
  // The authors' model as its own control: nothing is left.
  const { code, stdout, stderr } = await run(
    "classes",
    ...["--results", EXACT, "--controls", EXACT, "--out", out],
  );
  assertEquals(code, 0, stderr);
  const [before, table] = stdout.split(
    "less the same in a model that learnt all",
  );
  // Its own difference, below that of the run.
  assertEquals(before.match(/−0\.46 \(0\.087\)/g)?.length, 2);
  assertStringIncludes(
    table.replaceAll(/ +/g, " "),
    "| the authors', exact | the authors', exact | 0.00 (1.000) |",
  );
  const { controls } = JSON.parse(
    await Deno.readTextFile(`${out}/results.json`),
  );
  assertEquals(controls.map(({ k }: { k: number }) => k), [5, 10]);
  await Deno.remove(out, { recursive: true });
});

Deno.test("classes answers mistakes with one sentence and exit code 2", async () => {
  const fashion =
    "data/results/fashion_mnist/convolutional_classes01234_seed0/results.json";
  const folder = await Deno.makeTempDir();
  const alone = `${folder}/results.json`;
  await Deno.copyFile(EXACT, alone);
  const mistakes = [
    [[], "--results takes the results.json files"],
    [["--results", ""], "--results has an empty value"],
    [["--results", `${EXACT},`], "takes files with commas between them"],
    [["--results", "no/such.json"], "no/such.json cannot be read"],
    [["--results", alone], `${folder}/per_image.csv cannot be read`],
    [
      ["--results", `${EXACT},${EXACT}`],
      "two of the files are of one run, or tell no difference: the authors'",
    ],
    [["--results", `${EXACT},${fashion}`], "must be of the same data and K"],
    [
      ["--results", EXACT, "--controls", `${EXACT},${SEED0}`],
      "--controls takes as many files as --results, 1; there are 2",
    ],
    [
      ["--results", EXACT, "--controls", SEED0],
      `${SEED0} is of a model that learnt the normal classes alone`,
    ],
    [
      ["--results", EXACT, "--controls", AS_PUBLISHED],
      "with the as-published gradient, its run with the exact one",
    ],
    [
      ["--results", EXACT, "--controls", OTHER_SPLIT],
      "measure it with --normal 0,1,2,3,4",
    ],
  ] as const;
  for (const [args, message] of mistakes) {
    const refused = await refusal(classesTask, ...args);
    assertEquals(refused.code, 2);
    assertStringIncludes(refused.message, message);
  }
  await Deno.writeTextFile(`${folder}/per_image.csv`, "index");
  const cut = await refusal(classesTask, "--results", alone);
  assertStringIncludes(cut.message, "per_image.csv cannot be used");
  // Cut between lines, and another run's.
  const own = await Deno.readTextFile(
    EXACT.replace("results.json", "per_image.csv"),
  );
  const others = await Deno.readTextFile(
    `${PUBLISHED}/as-published/per_image.csv`,
  );
  for (
    const text of [own.split("\n").slice(0, 300).join("\n") + "\n", others]
  ) {
    await Deno.writeTextFile(`${folder}/per_image.csv`, text);
    const { message } = await refusal(classesTask, "--results", alone);
    assertEquals(
      message,
      `${folder}/per_image.csv is not of the results.json beside it, or not ` +
        "whole; measure the model again",
    );
  }
  await Deno.remove(folder, { recursive: true });
});
