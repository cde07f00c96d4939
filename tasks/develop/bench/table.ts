/** What the bench's samples say, beside the bars. */
import { markdownTable } from "markdown-table";

/** What the bench measures. */
export const WORKS = [
  "step",
  "maps",
  "metrics",
  "reproduce",
  "parallel",
] as const;
export type Work = typeof WORKS[number];

/** Milliseconds, megabytes or ratios by name. */
export type Sample = Record<string, number>;

/** One sample a round: ours, and the other side's by mode. */
export interface Rounds {
  ours: Sample[];
  peers: Record<string, Sample[]>;
}

/** A line of the table. */
export interface Line {
  work: string;
  /** Its name in the samples. */
  key: string;
  /** The most that ours over theirs may be. */
  bar: number;
  /** What decides which mode counts (default: `key`), the least wins. */
  fastestBy?: string;
  /** The one mode that counts; default: the fastest. */
  mode?: string;
  /** Ours alone is a ratio: at most the bar, or at least. */
  alone?: "≤" | "≥";
}

const LINES: Line[] = [
  {
    work: "training step, batch 256, ms",
    key: "step",
    bar: 1.1,
    mode: "compiled",
  },
  {
    work: "training step, batch 256, ms",
    key: "step",
    bar: 0.9,
    mode: "channels last",
  },
  {
    work: "error and saliency maps of 10,000 images, ms",
    key: "maps",
    bar: 0.75,
  },
  { work: "all metrics of 10,000 map pairs, ms", key: "metrics", bar: 0.4 },
  {
    work: "reproduce --weights, start to results.json, ms",
    key: "reproduce",
    bar: 0.75,
  },
  {
    work: "peak memory of that run, all its processes, MB",
    key: "peak",
    bar: 1.2,
    fastestBy: "reproduce",
  },
  {
    work: "maps of 10,000 images / of 5,000",
    key: "doubling",
    bar: 2.1,
    alone: "≤",
  },
  {
    work: "steps a second: six runs of one thread / one run of all",
    key: "parallel",
    bar: 1.25,
    alone: "≥",
  },
];

/** A spread of the rounds above this says more about the machine. */
const NOISY = 0.25;

const valuesOf = (samples: Sample[], key: string) =>
  samples.map((sample) => sample[key]).filter((value) => value !== undefined);

/** The middle value; the mean of the two middle ones of an even number. */
export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2
    ? sorted[half]
    : (sorted[half - 1] + sorted[half]) / 2;
}

/** How far values scatter: (largest − smallest) / median. */
export const spread = (values: number[]): number =>
  (Math.max(...values) - Math.min(...values)) / median(values);

/** The mode a line compares with, if any was measured. */
export function modeOf(line: Line, { peers }: Rounds): string | undefined {
  const by = line.fastestBy ?? line.key;
  const times = Object.entries(peers)
    .map(([mode, samples]) => ({ mode, values: valuesOf(samples, by) }))
    .filter(({ mode, values }) =>
      values.length > 0 && (line.mode ?? mode) === mode
    )
    .sort((a, b) => median(a.values) - median(b.values));
  return times[0]?.mode;
}

/** A line's numbers; undefined when ours was not measured. */
export function judge(line: Line, rounds: Rounds) {
  const ours = valuesOf(rounds.ours, line.key);
  if (ours.length === 0) return;
  const mode = line.alone ? undefined : modeOf(line, rounds);
  const theirs = mode ? valuesOf(rounds.peers[mode], line.key) : [];
  const ratio = line.alone
    ? median(ours)
    : theirs.length > 0
    ? median(ours) / median(theirs)
    : undefined;
  const noise = Math.max(...[ours, theirs].filter((v) => v.length).map(spread));
  return { ours, mode, theirs, ratio, verdict: verdictOf(line, ratio, noise) };
}

function verdictOf(line: Line, ratio: number | undefined, noise: number) {
  if (ratio === undefined) return "not compared";
  if (noise > NOISY) return `too noisy (${Math.round(100 * noise)} %)`;
  const met = line.alone === "≥" ? ratio >= line.bar : ratio <= line.bar;
  return met ? "met" : "missed";
}

/** All lines that were measured, as a Markdown table. */
export function benchTable(rounds: Rounds): string {
  const rows = LINES.flatMap((line) => {
    const judged = judge(line, rounds);
    if (!judged) return [];
    const { ours, mode, theirs, ratio, verdict } = judged;
    return [[
      line.work,
      line.alone ? "–" : median(ours).toFixed(0),
      mode ? median(theirs).toFixed(0) : "–",
      mode ?? "–",
      ratio?.toFixed(2) ?? "–",
      `${line.alone ?? "≤"} ${line.bar}`,
      verdict,
    ]];
  });
  const head = ["work", "ours", "theirs", "their mode", "ratio", "bar", ""];
  return markdownTable([head, ...rows], {
    align: ["l", "r", "r", "l", "r", "r", "l"],
  });
}
