import {
  assertAlmostEquals,
  assertEquals,
  assertStringIncludes,
} from "@std/assert";
import { loadResults } from "../../../lib/studies/load_results.ts";
import { REPORTED } from "../../../lib/studies/paper/reported.ts";
import {
  agreementVerdict,
  agreementZ,
  compareWithPaper,
  comparisonTable,
  figure2Table,
  runFindingsTable,
  verdicts,
  verdictTable,
} from "../../../lib/studies/paper/findings.ts";
import type { Results } from "../../../lib/studies/agreement/results.ts";
import type { Groups } from "../../../lib/studies/agreement/groups.ts";

const pair = <T>(normal: T, novel: T): Groups<T> => ({ normal, novel });

/** Counts of 100 images, the given share of them above half of K. */
function counts(k: number, share: number, mode: number): number[] {
  const result = Array(k + 1).fill(0);
  result[mode] = Math.round(100 * (1 - share));
  result[k] = Math.round(100 * share);
  return result;
}

/** Results that print as the paper does. */
const paperLike: Results = {
  settings: {
    data: "test",
    normalClasses: [0],
    k: [5, 10],
    gradient: "as-published",
  },
  counts: pair(100, 100),
  agreement: {
    5: pair(counts(5, 0.26, 1), counts(5, 0.19, 1)),
    10: pair(counts(10, 0.19, 4), counts(10, 0.08, 2)),
  },
  meanAgreement: { 5: pair(1.7, 1.5), 10: pair(3.6, 2.9) },
  chanceAgreement: { 5: 0.03, 10: 0.13 },
  maxDistance: { 5: pair(8.281, 9.249), 10: pair(8.14, 8.9) },
  mapMse: {
    saliency: pair(0.03034, 0.03046),
    squaredSaliency: pair(0.0071, 0.0072),
  },
  reconstructionLoss: pair(0.002, 0.003),
  auroc: 0.76,
};

/** Results with lower agreement, the same for both groups. */
const other: Results = {
  ...paperLike,
  agreement: {
    5: pair(counts(5, 0.1, 1), counts(5, 0.1, 1)),
    10: pair(counts(10, 0.05, 2), counts(10, 0.05, 1)),
  },
  meanAgreement: { 5: pair(1.2, 1), 10: pair(2.4, 1.9) },
};

Deno.test("REPORTED holds the paper's 18 numbers, Table 1 in complementary pairs", () => {
  assertEquals(Object.keys(REPORTED).length, 9);
  for (const k of [5, 10] as const) {
    const minority = REPORTED[`minority-share@${k}`]!;
    const majority = REPORTED[`majority-share@${k}`]!;
    assertAlmostEquals(minority.normal + majority.normal, 1, 1e-12);
    assertAlmostEquals(minority.novel + majority.novel, 1, 1e-12);
  }
});

Deno.test("compareWithPaper() marks what agrees to the printed digits, and only that", () => {
  const rows = compareWithPaper({ asPublished: paperLike, exact: other });
  assertEquals(rows.length, 18);
  assertEquals(rows.every(({ agrees }) => agrees.asPublished), true);
  const differ = rows.filter(({ agrees }) => !agrees.exact);
  // All of Table 1, and Finding 3.
  assertEquals(differ.length, 10);
  assertEquals(rows[10].paper, "8.28");
  assertEquals(rows[10].asPublished, "8.281");
});

Deno.test("comparisonTable() counts the agreeing numbers in its last line", () => {
  const table = comparisonTable(
    compareWithPaper({ asPublished: paperLike, exact: other }),
  );
  assertStringIncludes(table.split("\n").at(-1)!, "18 of 18");
  assertStringIncludes(table.split("\n").at(-1)!, "8 of 18");
});

Deno.test("figure2Table() lists both gradients' counts of 0 to 10", () => {
  const lines = figure2Table({ asPublished: paperLike, exact: other })
    .replaceAll(/ +/g, " ").split("\n");
  assertEquals(lines.length, 2 + 11);
  assertEquals(lines[2 + 10], "| 10 | 19 | 8 | 5 | 5 |");
});

Deno.test("verdictTable() says when a finding does not hold", () => {
  const lines = verdictTable({ asPublished: paperLike, exact: other })
    .split("\n");
  assertEquals(lines.length, 2 + 6);
  assertStringIncludes(lines[2], "holds, stronger");
  assertStringIncludes(lines[5], "does not hold");
  // The other way round; distances and MSE are the same in both.
  const swapped = verdictTable({ asPublished: other, exact: paperLike })
    .split("\n");
  assertStringIncludes(swapped[2], "holds, weaker");
  assertStringIncludes(swapped[5].split("|")[2], "does not hold");
  for (const line of [swapped[6], swapped[7]]) {
    assertEquals(/stronger|weaker/.test(line), false, line);
  }
});

Deno.test("verdicts() takes half of K, and K pixels, of any K", () => {
  // Of four pixels one is shared, of ten it would be few as well; of two not.
  const run = (k: number) => ({
    ...paperLike,
    agreement: { [k]: pair(counts(k, 0, 1), counts(k, 0, 1)) },
    meanAgreement: { [k]: pair(1, 1) },
    maxDistance: { [k]: pair(8, 8) },
  });
  const findings = (k: number) =>
    [0, 2].map((i) => verdicts(run(k), k)[i].holds);
  assertEquals(findings(4), [true, true]);
  assertEquals(findings(2), [false, false]);
  const rules = (width: number) =>
    verdicts({ ...run(4), settings: { ...paperLike.settings, width } }, 4)
      .map(({ rule }) => rule);
  assertEquals(rules(64)[4], "normal: above 16, a quarter of the width");
  assertEquals(rules(28)[2], "normal: below 2");
});

Deno.test("runFindingsTable() tells what holds from what does not, at the K that is asked for", () => {
  const rows = (k?: number) =>
    runFindingsTable(other, k).replaceAll(/ +/g, " ").split("\n").slice(2);
  const ofTen = rows();
  assertEquals(ofTen.length, 6);
  assertEquals(
    ofTen[1],
    "| 2: correspondence is weaker for novel images | holds | mean top-10 agreement 2.40 / 1.90 |",
  );
  assertStringIncludes(ofTen[3], "| **does not hold** |");
  assertStringIncludes(rows(5)[1], "mean top-5 agreement 1.20 / 1.00 |");
});

/** Counts of 1,000 images, `most` of which agree on all ten pixels. */
const majority = (most: number) => [1000 - most, ...Array(9).fill(0), most];

/** Normal images of which so many agree, and novel ones of which 190 of 1,000 do. */
const withMajority = (normal: number): Results => ({
  ...paperLike,
  counts: pair(1000, 1000),
  agreement: {
    ...paperLike.agreement,
    10: pair(majority(normal), majority(190)),
  },
});

for (
  const [before, now, degree] of [
    [300, 238, "less certain"], // A smaller z, which is not a weaker effect.
    [100, 300, "more certain"], // Reversed before.
  ] as const
) {
  Deno.test(`verdictTable() calls Finding 4 ${degree} with ${now} normal images that agree than with ${before}`, () => {
    const [asPublished, exact] = [before, now].map(withMajority);
    const lines = verdictTable({ asPublished, exact }).split("\n");
    assertStringIncludes(lines[5], `holds, ${degree}`);
  });
}

Deno.test("agreementVerdict() decides by z, and tells less from more", () => {
  const verdict = (normal: number, novel: number) =>
    agreementVerdict({
      ...paperLike,
      counts: pair(1000, 1000),
      agreement: { 10: pair(majority(normal), majority(novel)) },
    });
  assertEquals(verdict(238, 190), "holds (z = 2.6)");
  assertEquals(verdict(190, 238), "is reversed (z = −2.6)");
  // 2.57, and 2.58 decides.
  assertEquals(verdict(237, 190), "is not decided (z = 2.6)");
});

/** Counts in which one agreement is the most frequent. */
const mostly = (value: number) =>
  Array.from({ length: 11 }, (_, i) => i === value ? 1 : 0);

/** For each finding, results just below, or at, its threshold and just above. */
const AROUND: Record<string, [Partial<Results>, Partial<Results>]> = {
  "1: half of the salient pixels missed": [
    { meanAgreement: { 10: pair(5, 1) } },
    { meanAgreement: { 10: pair(4.99, 1) } },
  ],
  "2: novel images agree as much": [
    { meanAgreement: { 10: pair(3, 3) } },
    { meanAgreement: { 10: pair(3, 2.99) } },
  ],
  "3: half of the ten pixels shared most often": [
    { agreement: { 10: pair(mostly(5), mostly(0)) } },
    { agreement: { 10: pair(mostly(4), mostly(0)) } },
  ],
  // z of 238 and 190 in 1,000 is 2.62, of 237 and 190 is 2.57.
  "4: chance at p = 0.01": [
    {
      counts: pair(1000, 1000),
      agreement: { 10: pair(majority(237), majority(190)) },
    },
    {
      counts: pair(1000, 1000),
      agreement: { 10: pair(majority(238), majority(190)) },
    },
  ],
  "5: a quarter of MNIST's width": [
    { maxDistance: { 10: pair(7, 20) } },
    { maxDistance: { 10: pair(7.01, 0) } },
  ],
  "5: a quarter of the width that the settings tell": [
    {
      settings: { ...paperLike.settings, width: 32 },
      maxDistance: { 10: pair(8, 20) },
    },
    {
      settings: { ...paperLike.settings, width: 32 },
      maxDistance: { 10: pair(8.01, 0) },
    },
  ],
  "6: squaring changes nothing": [
    { mapMse: { saliency: pair(0.01, 1), squaredSaliency: pair(0.01, 0.1) } },
    { mapMse: { saliency: pair(0.0101, 0), squaredSaliency: pair(0.01, 1) } },
  ],
};

for (const [name, [below, above]] of Object.entries(AROUND)) {
  Deno.test(`verdicts() turns at the threshold of finding ${name}`, () => {
    const finding = Number(name[0]) - 1;
    const holds = (change: Partial<Results>) =>
      verdicts({ ...paperLike, ...change })[finding].holds;
    assertEquals([holds(below), holds(above)], [false, true]);
  });
}

Deno.test("agreementZ() is the pooled two-proportion z score", () => {
  // By hand: (0.3 − 0.2) / √(0.25 · 0.75 · (1/1000 + 1/1000)).
  const run = {
    ...paperLike,
    counts: pair(1000, 1000),
    agreement: { 10: pair(majority(300), majority(200)) },
  };
  assertAlmostEquals(agreementZ(run), 0.1 / Math.sqrt(0.000375), 1e-12);
});

Deno.test("compareWithPaper() prints the paper's 18 numbers as it does, ours with one digit more", () => {
  const rows = compareWithPaper({ asPublished: paperLike, exact: other });
  assertEquals(rows.map(({ paper }) => paper), [
    ...["0.74", "0.81", "0.26", "0.19"],
    ...["0.81", "0.92", "0.19", "0.08"],
    ...["4", "2", "8.28", "9.25", "8.14", "8.90"],
    ...["0.0303", "0.0305", "0.0071", "0.0072"],
  ]);
  assertEquals(rows.slice(6, 12).map(({ asPublished }) => asPublished), [
    ...["0.190", "0.080", "4", "2", "8.281", "9.249"],
  ]);
});

Deno.test("Finding 1 tells what either group misses, in percent of K", () => {
  const [{ numbers }] = verdicts(paperLike);
  assertEquals(numbers, "64.0 % / 71.0 % of the 10 most salient pixels missed");
});

Deno.test("verdicts() tell z and the fall of the MSE to one digit", () => {
  const all = verdicts(paperLike);
  const [z] = all[3].numbers.match(/z = .*/)!;
  assertEquals(z, `z = ${agreementZ(paperLike).toFixed(1)}`);
  const { saliency, squaredSaliency } = paperLike.mapMse;
  const fall = (group: "normal" | "novel") =>
    `${(saliency[group] / squaredSaliency[group]).toFixed(1)}-fold`;
  assertEquals(
    all[5].numbers,
    `MSE falls ${fall("normal")} / ${fall("novel")}`,
  );
});

Deno.test("Finding 6 says by what the MSE is multiplied where it does not fall", () => {
  const squaredSaliency = { normal: 0.055, novel: 0.04 };
  const saliency = { normal: 0.05, novel: 0.05 };
  const rising = { ...paperLike, mapMse: { saliency, squaredSaliency } };
  const { holds, numbers } = verdicts(rising)[5];
  assertEquals([holds, numbers], [false, "MSE times 1.10 / 0.80"]);
});

Deno.test("the recorded results of the authors' weights give the paper's 18 numbers with the wrong gradient alone", async () => {
  const recorded = (gradient: string) =>
    loadResults(`data/results/published/${gradient}/results.json`);
  const rows = compareWithPaper({
    asPublished: await recorded("as-published"),
    exact: await recorded("exact"),
  });
  const agreeing = (gradient: "asPublished" | "exact") =>
    rows.filter(({ agrees }) => agrees[gradient]).length;
  assertEquals([agreeing("asPublished"), agreeing("exact")], [18, 0]);
});
