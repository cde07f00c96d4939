import { markdownTable } from "markdown-table";
import { numberText } from "../statistics/estimate.ts";
import { majorityShare, type Results } from "../studies/agreement/results.ts";
import { agreementVerdict, agreementZ } from "../studies/paper/findings.ts";
import {
  STATISTICS_NAMES,
  type StatisticsRow,
} from "../studies/running_statistics/statistics_study.ts";

/**
 * The paper's measures with each kind of running statistics, as a Markdown
 * table; each cell normal / novel images.
 *
 * @param rows with K = 5 and 10, in the order of the table
 */
export function statisticsTable(rows: readonly StatisticsRow[]): string {
  const pair = (
    { normal, novel }: { normal: number; novel: number },
    digits: number,
  ) => `${normal.toFixed(digits)} / ${novel.toFixed(digits)}`;
  const lines = rows.map(({ epochs, statistics, results }) => {
    const share = (k: number) =>
      pair({
        normal: majorityShare(results.agreement[k].normal),
        novel: majorityShare(results.agreement[k].novel),
      }, 3);
    return [
      String(epochs),
      STATISTICS_NAMES[statistics],
      pair(results.reconstructionLoss, 5),
      share(5),
      share(10),
      pair(results.maxDistance[10], 2),
      numberText(agreementZ(results), 1),
      results.auroc.toFixed(3),
    ];
  });
  return markdownTable([
    [
      "epochs",
      "running statistics",
      "loss r̄",
      "top-5 agreement 3–5",
      "top-10 agreement 6–10",
      "mean maximum distance, K = 10",
      "z of Finding 4",
      "AUROC of r̄",
    ],
    ...lines,
  ], { align: ["r", "l", ...Array(6).fill("r")] });
}

/**
 * What the running statistics decide after the last epoch, as the points of a
 * Markdown list.
 *
 * @param rows with K = 10, at least one
 */
export function statisticsFindings(rows: readonly StatisticsRow[]): string {
  const last = Math.max(...rows.map(({ epochs }) => epochs));
  const ofLast = rows.filter(({ epochs }) => epochs === last);
  const byKind = (say: (results: Results) => string) =>
    ofLast.map(({ statistics, results }) =>
      `${STATISTICS_NAMES[statistics]} ${say(results)}`
    ).join("; ");
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const shares = byKind(({ agreement: { 10: { normal, novel } } }) =>
    `${percent(majorityShare(normal))} / ${percent(majorityShare(novel))}`
  );
  const losses = byKind(({ reconstructionLoss: { normal, novel } }) =>
    `${normal.toFixed(5)} / ${novel.toFixed(5)}`
  );
  return [
    `- Images with a top-10 agreement of 6 or more after ${last} epochs, normal / novel, by the running statistics: ${shares}.`,
    `- The loss: ${losses}.`,
    `- Finding 4, that novel images agree noticeably less: ${
      byKind((results) => agreementVerdict(results))
    }.`,
  ].join("\n");
}
