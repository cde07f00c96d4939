import { markdownTable } from "markdown-table";
import { majorityShare } from "../studies/agreement/results.ts";
import { agreementZ } from "../studies/paper/findings.ts";
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
      agreementZ(results).toFixed(1).replace("-", "−"),
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
