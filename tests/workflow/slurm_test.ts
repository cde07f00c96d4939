import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { output } from "../../tasks/support/process.ts";
import { ROOT, run } from "../tasks/run.ts";

const slurm = (command: string) =>
  new Deno.Command("tests/workflow/slurm.sh", { args: [command], cwd: ROOT })
    .output();

const there = async (program: string) =>
  (await output("which", [program])).code === 0;

Deno.test({
  name: "a sweep on a real one-node Slurm trains, measures and sums up",
  // On Debian as root: apt-get install slurmctld slurmd munge.
  ignore: Deno.uid() !== 0 || !await there("slurmctld") ||
    !await there("slurmd"),
  fn: async () => {
    const started = await slurm("start");
    assertEquals(started.code, 0, new TextDecoder().decode(started.stderr));
    const out = await Deno.makeTempDir();
    try {
      const { code, stdout, stderr } = await run(
        "sweep",
        ...["--seeds", "3,4", "--epochs", "1", "--splits", "1"],
        ...["--data", "mnist", "--out", out, "--executor", "slurm", "--"],
        // This Slurm keeps no accounts to ask.
        ...["--slurm-status-command", "squeue"],
        ...["--slurm-init-seconds-before-status-checks", "3"],
      );
      assertEquals(code, 0, stderr);
      assertStringIncludes(stdout, "Means over the seeds 3, 4");
      assertMatch(stderr, /SLURM jobid \d+/);
    } finally {
      await slurm("stop");
      await Deno.remove(out, { recursive: true });
    }
  },
});
