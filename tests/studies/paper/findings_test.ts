import { assertEquals, assertStringIncludes } from "@std/assert";
import { PRINTED } from "../../../lib/studies/paper/reported.ts";
import {
  compareWithPaper,
  comparisonTable,
  figure2Table,
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

Deno.test("PRINTED holds the paper's 18 numbers, Table 1 in complementary pairs", () => {
  assertEquals(PRINTED.length, 9);
  const shares = PRINTED.filter(({ place }) => place === "Table 1")
    .map(({ paper }) => [paper.normal.toFixed(2), paper.novel.toFixed(2)]);
  assertEquals(shares, [
    ["0.74", "0.81"],
    ["0.26", "0.19"],
    ["0.81", "0.92"],
    ["0.19", "0.08"],
  ]);
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
});
