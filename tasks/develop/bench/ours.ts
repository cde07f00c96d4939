/** Our side of the bench. */
import { CORES, printed } from "./processes.ts";
import { timeReproduce } from "./reproduce.ts";
import type { Sample, Work } from "./table.ts";

/** Training runs side by side, as in a sweep. */
const RUNS = 6;
/** At a time. */
const BESIDE = Math.min(CORES, RUNS);

/** Runs a `deno bench` file; mean milliseconds by name. */
async function denoBench(file: string, threads = CORES): Promise<Sample> {
  const flags = ["bench", "-q", "-A", "--no-check", "--json"];
  const { benches } = JSON.parse(
    await printed(Deno.execPath(), [...flags, `bench/${file}`], threads),
  ) as { benches: { name: string; results: { ok: { avg: number } }[] }[] };
  return Object.fromEntries(
    benches.map(({ name, results }) => [name, results[0].ok.avg / 1e6]),
  );
}

/** Steps a second of runs of one thread, over those of a run of them all. */
async function parallelRuns(): Promise<Sample> {
  const { step } = await denoBench("step_bench.ts");
  const steps: number[] = [];
  let started = 0;
  const worker = async () => {
    while (started < RUNS) {
      started++;
      steps.push((await denoBench("step_bench.ts", 1)).step);
    }
  };
  await Promise.all(Array.from({ length: BESIDE }, worker));
  const mean = steps.reduce((a, b) => a + b) / RUNS;
  return { "step, one thread": mean, parallel: BESIDE * step / mean };
}

async function maps(): Promise<Sample> {
  const sample = await denoBench("maps_bench.ts");
  return { ...sample, doubling: sample.maps / sample.half };
}

/** One sample of each work. */
export async function ourRound(
  works: readonly Work[],
  weights: string,
): Promise<Sample> {
  const measure: Record<Work, () => Promise<Sample>> = {
    step: () => denoBench("step_bench.ts"),
    maps,
    metrics: () => denoBench("metrics_bench.ts"),
    reproduce: () =>
      timeReproduce(Deno.execPath(), [
        ...["run", "-q", "-A", "--no-check", "tasks/reproduce.ts"],
        ...["--weights", weights],
      ]),
    parallel: parallelRuns,
  };
  const sample: Sample = {};
  for (const work of works) Object.assign(sample, await measure[work]());
  return sample;
}
