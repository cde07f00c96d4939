import { assertEquals, assertMatch } from "@std/assert";
import {
  benchTable,
  judge,
  type Line,
  median,
  modeOf,
  type Rounds,
} from "../../../tasks/develop/bench/table.ts";

const STEP: Line = { work: "step", key: "step", bar: 0.75 };
const samples = (...values: number[]) => values.map((step) => ({ step }));
const ROUNDS: Rounds = {
  ours: samples(74, 75, 90),
  peers: { eager: samples(200, 200, 200), compiled: samples(100, 110, 90) },
};

Deno.test("median() takes the mean of the middle two of an even number", () => {
  assertEquals([median([3, 1, 2]), median([4, 1, 3, 2])], [2, 2.5]);
});

Deno.test("a line compares with the fastest mode", () => {
  const judged = judge(STEP, ROUNDS)!;
  assertEquals([judged.mode, judged.ratio, judged.verdict], [
    "compiled",
    0.75,
    "met",
  ]);
});

Deno.test("a line that names a mode compares with that one alone", () => {
  assertEquals(modeOf({ ...STEP, mode: "eager" }, ROUNDS), "eager");
  const absent = judge({ ...STEP, mode: "channels last" }, ROUNDS)!;
  assertEquals([absent.ratio, absent.verdict], [undefined, "not compared"]);
});

Deno.test("memory is that of the mode which reproduces fastest", () => {
  const line = { ...STEP, key: "peak", fastestBy: "reproduce" };
  const peers = {
    small: [{ reproduce: 2, peak: 100 }],
    fast: [{ reproduce: 1, peak: 300 }],
  };
  assertEquals(modeOf(line, { ours: [], peers }), "fast");
});

Deno.test("a ratio above its bar is missed; one alone may have to reach it", () => {
  assertEquals(judge({ ...STEP, bar: 0.74 }, ROUNDS)!.verdict, "missed");
  const alone = { ...STEP, alone: "≥", bar: 75 } as const;
  assertEquals(judge(alone, ROUNDS)!.verdict, "met");
  assertEquals(judge({ ...alone, bar: 76 }, ROUNDS)!.verdict, "missed");
});

Deno.test("rounds that scatter by more than a quarter, on either side, give no verdict", () => {
  const noisy = { ...ROUNDS, ours: samples(60, 75, 80) };
  assertMatch(judge(STEP, noisy)!.verdict, /^too noisy/);
  const peers = { compiled: samples(100, 130, 100) };
  assertMatch(judge(STEP, { ...ROUNDS, peers })!.verdict, /^too noisy/);
});

Deno.test("benchTable() leaves out what was not measured", () => {
  assertEquals(benchTable(ROUNDS).split("\n").length, 2 + 2);
  assertMatch(benchTable(ROUNDS), /75 +\| +100 \| compiled .*0\.75/);
});
