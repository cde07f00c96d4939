/** Speed and memory beside PyTorch's, in alternating rounds. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import os from "node:os";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { markdownTable } from "markdown-table";
import config from "../../deno.json" with { type: "json" };
import {
  helpText,
  parseFlags,
  parseInteger,
  RunError,
  runTask,
  startProgress,
} from "../support/cli.ts";
import { writeAtomically } from "../support/files.ts";
import { pythonEnvironment } from "../support/python.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const ENVIRONMENT = "bench-venv";
const PYTHON = `${ROOT}data/cache/${ENVIRONMENT}/bin/python`;
const PACKAGES = ["torch==2.13.0", "numpy==2.4.*", "scipy==1.17.*"];

const FLAGS = {
  rounds: {
    type: "string",
    value: "N",
    default: "5",
    help: "rounds, our side and PyTorch's in turn",
  },
  out: {
    type: "string",
    value: "FILE",
    default: "data/results/bench.json",
    help: "where the numbers go",
  },
  help: { type: "boolean", help: "print this" },
} as const;

const USAGE = `Measures this project beside PyTorch on this machine's processor.
Without Python it measures this project alone.

usage: deno task bench [flags]`;

/** Seconds by name, or megabytes. */
type Sample = Record<string, number>;

/** One line of the table: ours and theirs are names in the samples. */
interface Line {
  work: string;
  bar: number;
  ours: string;
  theirs: string;
}

const LINES: Line[] = [
  {
    work: "one training step, batch 256, ms",
    bar: 0.85,
    ours: "step",
    theirs: "step",
  },
  {
    work: "error and saliency maps of 10,000 images, ms",
    bar: 0.8,
    ours: "maps",
    theirs: "maps",
  },
  {
    work: "all metrics of 10,000 map pairs, ms",
    bar: 0.5,
    ours: "metrics",
    theirs: "metrics",
  },
  {
    work: "reproduce --weights, start to results.json, ms",
    bar: 0.9,
    ours: "reproduce",
    theirs: "reproduce",
  },
  { work: "peak memory of that run, MB", bar: 1, ours: "peak", theirs: "peak" },
];

/** PyTorch's side, where it can be installed. */
async function installPeer(): Promise<boolean> {
  try {
    await pythonEnvironment(ENVIRONMENT, PACKAGES);
    return true;
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    console.error(`bench: our side alone: ${error.message}`);
    return false;
  }
}

const mean = (values: number[]) =>
  values.reduce((a, b) => a + b, 0) / values.length;

/** Runs a `deno bench` file; mean milliseconds by name. */
function denoBench(file: string): Sample {
  const { stdout } = spawnSync(
    Deno.execPath(),
    ["bench", "-q", "-A", "--no-check", "--json", `bench/${file}`],
    { cwd: ROOT, encoding: "utf8" },
  );
  const { benches } = JSON.parse(stdout) as {
    benches: { name: string; results: { ok: { avg: number } }[] }[];
  };
  return Object.fromEntries(
    benches.map(({ name, results }) => [name, results[0].ok.avg / 1e6]),
  );
}

/** Runs a part of bench/pytorch.py; mean milliseconds. */
function peerBench(...args: string[]): number {
  const { stdout } = spawnSync(PYTHON, ["bench/pytorch.py", ...args], {
    cwd: ROOT,
    encoding: "utf8",
  });
  return 1000 * mean(JSON.parse(stdout.trim().split("\n").at(-1)!));
}

/** Runs a program until it writes results.json; milliseconds and peak MB. */
async function runUntilResults(
  command: string,
  args: string[],
): Promise<Sample> {
  const out = await Deno.makeTempDir();
  const started = performance.now();
  const child = new Deno.Command(command, {
    args: [...args, "--out", out],
    cwd: ROOT,
    stdout: "null",
    stderr: "null",
  }).spawn();
  let reproduce: number | undefined;
  let peak = 0;
  let running = true;
  const ended = child.status.then(() => running = false);
  while (running) {
    if (!reproduce && existsSync(`${out}/results.json`)) {
      reproduce = performance.now() - started;
    }
    peak = Math.max(peak, peakMemory(child.pid));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await ended;
  await Deno.remove(out, { recursive: true });
  return { reproduce: reproduce ?? NaN, peak };
}

/** The most memory a process had so far, MB; 0 where the system does not say. */
function peakMemory(pid: number): number {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    return Number(status.match(/VmHWM:\s+(\d+)/)?.[1] ?? 0) / 1000;
  } catch {
    return 0;
  }
}

/** PyTorch's own fastest batch size on this machine. */
function bestBatch(): number {
  const times = [25, 50, 100, 250].map((batch) => ({
    batch,
    time: peerBench("maps", "--batch", String(batch), "--count", "3000"),
  }));
  return times.sort((a, b) => a.time - b.time)[0].batch;
}

async function ourRound(weights: string): Promise<Sample> {
  return {
    ...denoBench("step_bench.ts"),
    ...denoBench("maps_bench.ts"),
    ...denoBench("metrics_bench.ts"),
    ...await runUntilResults(Deno.execPath(), [
      ...["run", "-q", "-A", "--no-check", "tasks/reproduce.ts"],
      ...["--weights", weights],
    ]),
  };
}

async function peerRound(batch: number, weights: string): Promise<Sample> {
  return {
    step: peerBench("step"),
    "step, channels last": peerBench("step", "--channels-last"),
    maps: peerBench("maps", "--batch", String(batch)),
    metrics: peerBench("metrics"),
    ...await runUntilResults(PYTHON, [
      ...["bench/pytorch.py", "reproduce", "--batch", String(batch)],
      ...["--weights", weights],
    ]),
  };
}

function medians(samples: Sample[]): Sample {
  const names = Object.keys(samples[0] ?? {});
  return Object.fromEntries(names.map((name) => {
    const sorted = samples.map((sample) => sample[name]).sort((a, b) => a - b);
    return [name, sorted[sorted.length >> 1]];
  }));
}

function table(ours: Sample, theirs: Sample): string {
  const show = (value?: number) => value === undefined ? "–" : value.toFixed(0);
  const rows = LINES.map((line) => {
    const [a, b] = [ours[line.ours], theirs[line.theirs]];
    return [
      line.work,
      show(a),
      show(b),
      b === undefined ? "–" : (a / b).toFixed(2),
      `≤ ${line.bar}`,
    ];
  });
  rows.push([
    "maps of 10,000 images / of 5,000",
    (ours.maps / ours.half).toFixed(2),
    "–",
    "–",
    "≤ 2.1",
  ]);
  return markdownTable([["work", "ours", "PyTorch", "ratio", "bar"], ...rows], {
    align: ["l", "r", "r", "r", "r"],
  });
}

/** The untrained model's weights, for both sides. */
function writeBenchWeights(): string {
  const path = `${ROOT}data/cache/bench-weights.safetensors`;
  const { stderr, status } = spawnSync(
    Deno.execPath(),
    ["run", "-q", "-A", "--no-check", "bench/weights.ts", path],
    { cwd: ROOT, encoding: "utf8" },
  );
  if (status !== 0) throw new Error(stderr);
  return path;
}

async function bench(args: string[]): Promise<void> {
  const flags = parseFlags(args, FLAGS);
  if (flags.help) return console.log(helpText(USAGE, FLAGS));
  const rounds = parseInteger("rounds", flags.rounds, [1, 100]);
  await Deno.mkdir(dirname(flags.out), { recursive: true });
  const peer = await installPeer();
  const weights = writeBenchWeights();
  const batch = peer ? bestBatch() : 0;
  const [ours, theirs]: Sample[][] = [[], []];
  const progress = startProgress("rounds", rounds);
  for (let round = 1; round <= rounds; round++) {
    ours.push(await ourRound(weights));
    if (peer) theirs.push(await peerRound(batch, weights));
    progress.update(round);
  }
  progress.stop();
  const memory = denoRun("bench/memory.ts");
  const [a, b] = [medians(ours), medians(theirs)];
  const text = table(a, b);
  const machine = {
    processor: os.cpus()[0].model,
    cores: os.cpus().length,
    memory: `${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    system: `${os.type()} ${os.release()}`,
    deno: Deno.version.deno,
    "tfjs-node": config.imports["@tensorflow/tfjs-node"],
    peer: peer ? PACKAGES : [],
    peerBatch: batch,
  };
  await writeAtomically(
    flags.out,
    JSON.stringify(
      {
        date: new Date().toISOString().slice(0, 10),
        machine,
        medians: { ours: a, pytorch: b },
        rounds: { ours, pytorch: theirs },
        memory,
      },
      null,
      2,
    ) + "\n",
  );
  console.log(
    `${text}\n\nmemory over ${memory.steps} training steps: ` +
      `${memory.tensorsBefore} → ${memory.tensorsAfter} tensors, ` +
      `resident ${memory.residentBefore.toFixed(0)} → ${
        memory.residentAfter.toFixed(0)
      } MB\n` +
      `medians of ${rounds} rounds; written to ${flags.out}`,
  );
}

function denoRun(file: string) {
  const { stdout } = spawnSync(
    Deno.execPath(),
    ["run", "-q", "-A", "--no-check", file],
    { cwd: ROOT, encoding: "utf8" },
  );
  return JSON.parse(stdout);
}

if (import.meta.main) await runTask(bench);
