/** Speed and memory beside PyTorch's, in alternating rounds. */
import { dirname } from "node:path";
import { RunError, UsageError } from "../support/errors.ts";
import { parseChoice, parseInteger, type Values } from "../support/flags.ts";
import { startProgress } from "../support/progress.ts";
import { ROOT } from "../support/process.ts";
import { runTask, type Task } from "../support/task.ts";
import { makeFolder, writeAtomically } from "../support/files.ts";
import { pythonEnvironment } from "../support/python.ts";
import { describeMachine } from "./bench/machine.ts";
import { ourRound } from "./bench/ours.ts";
import { denoRun, printed } from "./bench/processes.ts";
import {
  ENVIRONMENT,
  OLDEST_PYTHON,
  PACKAGES,
  peerRound,
  tryModes,
} from "./bench/pytorch.ts";
import { benchTable, type Rounds, WORKS } from "./bench/table.ts";

const FLAGS = {
  rounds: {
    type: "string",
    value: "N",
    default: "5",
    help: "rounds, our side and PyTorch's in turn",
  },
  only: {
    type: "string",
    value: "WORK",
    help: `one of ${WORKS.join(", ")}; for a quick look`,
  },
  out: {
    type: "string",
    value: "FILE",
    default: "data/results/latest/bench.json",
    path: true,
    help: "where the numbers go; the table goes beside it, as .md",
  },
} as const;

const USAGE =
  `Measures this project beside every mode of PyTorch on this machine's
processor. Without Python it measures this project alone.

usage: deno task bench [flags]`;

/** Whether PyTorch's side is there, or can be installed. */
async function installPeer(): Promise<boolean> {
  try {
    await pythonEnvironment(ENVIRONMENT, PACKAGES, OLDEST_PYTHON);
    return true;
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    console.error(`bench: our side alone: ${error.message}`);
    return false;
  }
}

/** The untrained model's weights, for both sides. */
async function writeBenchWeights(): Promise<string> {
  const path = `${ROOT}data/cache/bench-weights.safetensors`;
  const flags = ["run", "-q", "-A", "--no-check"];
  await printed(Deno.execPath(), [...flags, "bench/weights.ts", path]);
  return path;
}

async function requireNoFolder(out: string) {
  const info = await Deno.stat(out).catch(() => undefined);
  if (!info?.isDirectory) return;
  throw new UsageError(`--out takes a file, and ${out} is a folder`);
}

async function bench(flags: Values<typeof FLAGS>): Promise<void> {
  const count = parseInteger("rounds", flags.rounds, [1, 100]);
  const works = flags.only ? [parseChoice("only", flags.only, WORKS)] : WORKS;
  await makeFolder(dirname(flags.out));
  await requireNoFolder(flags.out);
  const weights = await writeBenchWeights();
  const peer = await installPeer() ? await tryModes(works) : undefined;
  const rounds: Rounds = { ours: [], peers: {} };
  const progress = startProgress("rounds", count);
  for (let round = 1; round <= count; round++) {
    rounds.ours.push(await ourRound(works, weights));
    const theirs = peer ? await peerRound(peer, works, weights) : {};
    for (const [mode, sample] of Object.entries(theirs)) {
      (rounds.peers[mode] ??= []).push(sample);
    }
    progress.update(round);
  }
  progress.stop();
  const memory = flags.only ? undefined : await denoRun("bench/memory.ts");
  const record = {
    date: new Date().toISOString().slice(0, 10),
    machine: await describeMachine({ peer: peer !== undefined }),
    ...peer,
    rounds,
    memory,
  };
  const failures = Object.entries(peer?.failures ?? {})
    .map(([mode, why]) => `PyTorch, ${mode}: not measured, ${why}`);
  const text = [benchTable(rounds), ...failures].join("\n\n") + "\n";
  await writeAtomically(flags.out, JSON.stringify(record, null, 2) + "\n");
  await writeAtomically(flags.out.replace(/(\.json)?$/, ".md"), text);
  console.log(`${text}\nmedians of ${count} rounds; written to ${flags.out}`);
}

export const benchTask: Task<typeof FLAGS> = {
  usage: USAGE,
  flags: FLAGS,
  stopped: () => "no measurement was written",
  run: bench,
};

if (import.meta.main) await runTask(benchTask);
