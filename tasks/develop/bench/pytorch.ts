/** PyTorch's side of the bench, in each of its modes. */
import { RunError } from "../../support/errors.ts";
import { ROOT } from "../../support/process.ts";
import { printed } from "./processes.ts";
import { timeReproduce } from "./reproduce.ts";
import type { Sample, Work } from "./table.ts";

/** The folder in data/cache that PyTorch is installed in. */
export const ENVIRONMENT = "bench-venv";
export const PACKAGES = ["torch==2.13.0", "numpy==2.4.*", "scipy==1.17.*"];
/** Their oldest Python: 3.11. */
export const OLDEST_PYTHON = 11;

/** "compiled" is torch.compile in channels last, with fused Adam. */
const MODES = ["eager", "channels last", "compiled"];
/** Metrics have no modes. */
const NUMPY = "NumPy, SciPy";
const BATCHES = [25, 50, 100, 250, 500];
const PYTHON = `${ROOT}data/cache/${ENVIRONMENT}/bin/python`;

/** The fastest batch size of each mode that works, and why others do not. */
export interface Peer {
  batches: Record<string, number>;
  failures: Record<string, string>;
}

/** Runs a part of bench/pytorch.py; mean milliseconds. */
async function time(...args: string[]): Promise<number> {
  const text = await printed(PYTHON, ["bench/pytorch.py", ...args]);
  const seconds: number[] = JSON.parse(text.split("\n").at(-1)!);
  return 1000 * seconds.reduce((a, b) => a + b) / seconds.length;
}

/** The version of PyTorch, as it says itself. */
export const torchVersion = () =>
  printed(PYTHON, ["-c", "import torch; print(torch.__version__)"]);

/**
 * Tries every mode with several batch sizes. This fills torch.compile's cache
 * on disk, so no round has to wait for a compiler.
 */
export async function tryModes(works: readonly Work[]): Promise<Peer> {
  const peer: Peer = { batches: {}, failures: {} };
  for (const mode of MODES) {
    try {
      if (works.includes("step")) await time("step", "--mode", mode);
      peer.batches[mode] = works.some((w) => w === "maps" || w === "reproduce")
        ? await fastestBatch(mode)
        : BATCHES[0];
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      peer.failures[mode] = error.message;
    }
  }
  return peer;
}

async function fastestBatch(mode: string): Promise<number> {
  const times: { batch: number; ms: number }[] = [];
  for (const batch of BATCHES) {
    const args = ["--mode", mode, "--batch", String(batch), "--count", "3000"];
    times.push({ batch, ms: await time("maps", ...args) });
  }
  return times.sort((a, b) => a.ms - b.ms)[0].batch;
}

/** One sample of each work, by mode. */
export async function peerRound(
  { batches }: Peer,
  works: readonly Work[],
  weights: string,
): Promise<Record<string, Sample>> {
  const round: Record<string, Sample> = {};
  for (const [mode, batch] of Object.entries(batches)) {
    const args = ["--mode", mode, "--batch", String(batch)];
    const sample: Sample = round[mode] = {};
    if (works.includes("step")) sample.step = await time("step", ...args);
    if (works.includes("maps")) sample.maps = await time("maps", ...args);
    if (works.includes("reproduce")) {
      const program = ["bench/pytorch.py", "reproduce", "--weights", weights];
      Object.assign(sample, await timeReproduce(PYTHON, [...program, ...args]));
    }
  }
  if (works.includes("metrics")) {
    round[NUMPY] = { metrics: await time("metrics") };
  }
  return round;
}
