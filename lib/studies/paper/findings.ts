import { numberText } from "../../statistics/estimate.ts";
import { MNIST_SHAPE } from "../../model/image_shape.ts";
import { markdownTable } from "markdown-table";
import { REPORTED, type ReportedValue } from "./reported.ts";
import { GROUPS } from "../agreement/groups.ts";
import { type MeasureId, measureOf } from "../agreement/measures.ts";
import {
  agreementRanges,
  majorityShare,
  mostFrequent,
  type Results,
} from "../agreement/results.ts";

/** The results of the same weights under both gradients. */
export interface BothGradients {
  /** With the gradient behind the published numbers. */
  asPublished: Results;
  /** With the exact gradient. */
  exact: Results;
}

/** One printed number beside ours. */
export interface Comparison {
  /** Where the paper prints it. */
  place: string;
  /** What is measured, with its unit. */
  what: string;
  /** Of which images. */
  group: "normal" | "novel";
  /** As printed. */
  paper: string;
  /** To one digit more than printed. */
  asPublished: string;
  /** As `asPublished`, with the exact gradient. */
  exact: string;
  /** Whether they agree to the printed digits. */
  agrees: { asPublished: boolean; exact: boolean };
}

/**
 * Every number the paper prints beside the same weights' under both gradients.
 *
 * @param runs with K = 5 and 10
 * @returns 18 comparisons, in the order of the paper
 */
export function compareWithPaper(
  { asPublished, exact }: BothGradients,
): Comparison[] {
  const entries = Object.entries(REPORTED) as [MeasureId, ReportedValue][];
  return entries.flatMap(([id, reported]) => {
    const { label: what, of } = measureOf(id);
    const { place, digits } = reported;
    return GROUPS.map((group) => {
      const paper = reported[group].toFixed(digits);
      const more = digits === 0 ? 0 : digits + 1;
      const value = (results: Results) => of(results)[group];
      const agrees = (results: Results) =>
        value(results).toFixed(digits) === paper;
      return {
        place,
        what,
        group,
        paper,
        asPublished: value(asPublished).toFixed(more),
        exact: value(exact).toFixed(more),
        agrees: { asPublished: agrees(asPublished), exact: agrees(exact) },
      };
    });
  });
}

/**
 * The comparison as a Markdown table; ✓ marks what agrees to the printed
 * digits.
 *
 * @param comparisons from {@linkcode compareWithPaper}
 */
export function comparisonTable(comparisons: readonly Comparison[]): string {
  const mark = (value: string, agrees: boolean) =>
    `${value} ${agrees ? "✓" : "✗"}`;
  const count = (mode: "asPublished" | "exact") =>
    `${
      comparisons.filter(({ agrees }) => agrees[mode]).length
    } of ${comparisons.length}`;
  return markdownTable([
    ["", "", "images", "paper", "as published", "exact"],
    ...comparisons.map((row) => [
      row.place,
      row.what,
      row.group,
      row.paper,
      mark(row.asPublished, row.agrees.asPublished),
      mark(row.exact, row.agrees.exact),
    ]),
    [
      "",
      "agree to the printed digits",
      "",
      "",
      count("asPublished"),
      count("exact"),
    ],
  ], { align: ["l", "l", "l", "r", "r", "r"] });
}

/**
 * The bars of Figure 2 under both gradients, as a Markdown table of image
 * counts.
 *
 * @param runs with K = 10
 */
export function figure2Table({ asPublished, exact }: BothGradients): string {
  const columns = [asPublished, exact].flatMap(({ agreement }) =>
    GROUPS.map((group) => agreement[10][group])
  );
  return markdownTable([
    [
      "top-10 agreement",
      "as published: normal",
      "novel",
      "exact: normal",
      "novel",
    ],
    ...columns[0].map((_, value) => [
      String(value),
      ...columns.map((counts) => String(counts[value])),
    ]),
  ], { align: "r" });
}

/** What a finding claims, and what decides it. */
interface Finding {
  claim: string;
  /** The more, the stronger the finding; it holds above `threshold`. */
  strength: (results: Results) => number;
  threshold: number;
  /** The threshold in words. */
  rule: (results: Results) => string;
  /** What more and less strength is called; default: stronger and weaker. */
  degrees?: readonly [more: string, less: string];
  /** The numbers behind it, for people. */
  numbers: (results: Results) => string;
}

const DEGREES = ["stronger", "weaker"] as const;

const zText = (z: number) => numberText(z, 1);

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** "Noticeably": by more than chance explains, p < 0.01 (two-sided). */
const NOTICEABLE_Z = 2.58;

/** The K at which findings are judged; the paper has 5 in Findings 4 and 5, too. */
const PAPER_K = 10;

/** The findings, for top-K sets of any size: half of the K pixels is half of K. */
const findingsAt = (k: number): Finding[] => [
  {
    claim: "1: error maps miss salient pixels",
    strength: ({ meanAgreement }) => 1 - meanAgreement[k].normal / k,
    // The error map misses more of the salient pixels than it finds.
    threshold: 0.5,
    rule: () => "normal: more than half missed",
    numbers: ({ meanAgreement: { [k]: { normal, novel } } }) =>
      `${percent(1 - normal / k)} / ${
        percent(1 - novel / k)
      } of the ${k} most salient pixels missed`,
  },
  {
    claim: "2: correspondence is weaker for novel images",
    strength: ({ meanAgreement: { [k]: { normal, novel } } }) => normal / novel,
    threshold: 1,
    rule: () => "normal above novel, by however little",
    numbers: ({ meanAgreement: { [k]: { normal, novel } } }) =>
      `mean top-${k} agreement ${normal.toFixed(2)} / ${novel.toFixed(2)}`,
  },
  {
    claim: "3: top-K agreement is low",
    strength: ({ agreement }) => k - mostFrequent(agreement[k].normal),
    // Most often fewer than half of the K pixels are shared.
    threshold: k / 2,
    rule: () => `normal: below ${k / 2}`,
    numbers: ({ agreement: { [k]: { normal, novel } } }) =>
      `most frequent ${mostFrequent(normal)} / ${mostFrequent(novel)} of ${k}`,
  },
  {
    claim: "4: novel images agree noticeably less",
    strength: (results) => agreementZ(results, k),
    threshold: NOTICEABLE_Z,
    rule: () => `z above ${NOTICEABLE_Z}`,
    // z says how sure a difference is, not how large.
    degrees: ["more certain", "less certain"],
    numbers: (results) => {
      const { normal, novel } = results.agreement[k];
      return `top-${k} agreement ${agreementRanges(k).majority}: ${
        percent(majorityShare(normal))
      } / ${percent(majorityShare(novel))}, z = ${
        zText(agreementZ(results, k))
      }`;
    },
  },
  {
    claim: "5: a salient pixel's best match is far",
    strength: ({ maxDistance, settings: { width = MNIST_SHAPE.width } }) =>
      maxDistance[k].normal / width,
    // The paper gives no bound; a quarter of the image's width is far beyond
    // neighbouring pixels: 7 of MNIST's 28, where the paper has 8.14.
    threshold: 1 / 4,
    rule: ({ settings: { width = MNIST_SHAPE.width } }) =>
      `normal: above ${width / 4}, a quarter of the width`,
    numbers: ({ maxDistance: { [k]: { normal, novel } } }) =>
      `mean maximum distance ${normal.toFixed(2)} / ${novel.toFixed(2)} pixels`,
  },
  {
    claim: "6: squared saliency is closer to the error map",
    strength: ({ mapMse: { saliency, squaredSaliency } }) =>
      saliency.normal / squaredSaliency.normal,
    threshold: 1,
    rule: () => "normal: squaring lowers the MSE at all",
    numbers: ({ mapMse: { saliency, squaredSaliency } }) =>
      foldText(
        saliency.normal / squaredSaliency.normal,
        saliency.novel / squaredSaliency.novel,
      ),
  },
];

/** How many times smaller the error is for squared saliency. */
function foldText(normal: number, novel: number): string {
  return normal > 1 && novel > 1
    ? `MSE falls ${normal.toFixed(1)}-fold / ${novel.toFixed(1)}-fold`
    : `MSE times ${(1 / normal).toFixed(2)} / ${(1 / novel).toFixed(2)}`;
}

/** A finding of the paper, and whether a run bears it out. */
export interface Verdict {
  /** Its number and what it says. */
  claim: string;
  /** Whether the run bears it out. */
  holds: boolean;
  /** Where it counts as holding. */
  rule: string;
  /** The numbers behind it, normal / novel images. */
  numbers: string;
}

/**
 * The number of a finding, with which its claim begins.
 *
 * @param verdict of the finding
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(findingNumber({ claim: "3: top-K agreement is low" }), "3");
 * ```
 */
export function findingNumber({ claim }: Pick<Verdict, "claim">): string {
  return claim.split(":")[0];
}

/**
 * Which of the paper's six findings hold in a run: those whose number passes
 * the threshold that is set for it here.
 *
 * @param results with this K
 * @param k size of the top-K sets (default: 10)
 * @returns six verdicts, in the order of the paper
 */
export function verdicts(results: Results, k = PAPER_K): Verdict[] {
  return findingsAt(k).map((finding) => ({
    claim: finding.claim,
    holds: finding.strength(results) > finding.threshold,
    rule: finding.rule(results),
    numbers: finding.numbers(results),
  }));
}

/**
 * The paper's six findings in one run, as a Markdown table.
 *
 * @param results with this K
 * @param k size of the top-K sets (default: 10)
 */
export function runFindingsTable(results: Results, k = PAPER_K): string {
  return markdownTable([
    ["finding", "here it", "normal / novel images"],
    ...verdicts(results, k).map(({ claim, holds, numbers }) => [
      claim,
      holds ? "holds" : "**does not hold**",
      numbers,
    ]),
  ]);
}

/**
 * How surely novel images agree less (Finding 4): the two-proportion z score of
 * the top-K majority shares, normal against novel images.
 *
 * @param results with this K
 * @param k size of the top-K sets (default: 10)
 * @returns above 0 where normal images agree more; above 2.58 for p < 0.01
 */
export function agreementZ(
  { agreement, counts }: Results,
  k = PAPER_K,
): number {
  const normal = majorityShare(agreement[k].normal);
  const novel = majorityShare(agreement[k].novel);
  // Without any difference the formula would be 0 / 0.
  if (normal === novel) return 0;
  const pooled = (normal * counts.normal + novel * counts.novel) /
    (counts.normal + counts.novel);
  const variance = pooled * (1 - pooled) *
    (1 / counts.normal + 1 / counts.novel);
  return (normal - novel) / Math.sqrt(variance);
}

/**
 * What a run says of Finding 4, in words: whether novel images agree less,
 * more, or neither by more than chance explains.
 *
 * @param results with this K
 * @param k size of the top-K sets (default: 10)
 * @returns for instance "holds (z = 5.9)"
 */
export function agreementVerdict(results: Results, k = PAPER_K): string {
  const z = agreementZ(results, k);
  const verdict = z > NOTICEABLE_Z
    ? "holds"
    : z < -NOTICEABLE_Z
    ? "is reversed"
    : "is not decided";
  return `${verdict} (z = ${zText(z)})`;
}

/**
 * Whether each of the paper's six findings holds, as a Markdown table: under
 * the as-published gradient, and under the exact one, where "holds, weaker"
 * and "holds, stronger" (for Finding 4 "less certain" and "more certain")
 * compare with the former.
 *
 * @param runs with K = 10
 */
export function verdictTable({ asPublished, exact }: BothGradients): string {
  const rows = findingsAt(PAPER_K).map(
    (
      { claim, strength, threshold, numbers, degrees: [more, less] = DEGREES },
    ) => {
      const holds = (results: Results) => strength(results) > threshold;
      const [before, now] = [strength(asPublished), strength(exact)];
      const change = now - before;
      const degree = Math.abs(change) < 0.02 * Math.abs(before)
        ? ""
        : `, ${change > 0 ? more : less}`;
      return [
        claim,
        `${holds(asPublished) ? "holds" : "does not hold"}: ${
          numbers(asPublished)
        }`,
        `${holds(exact) ? `holds${degree}` : "does not hold"}: ${
          numbers(exact)
        }`,
      ];
    },
  );
  return markdownTable([
    ["finding (normal / novel)", "as published", "exact"],
    ...rows,
  ]);
}
