import { markdownTable } from "markdown-table";
import type { LayerRow } from "../model/summary.ts";
import type { LabelledImages } from "../data/images.ts";
import { PAPER } from "../studies/paper/reported.ts";
import {
  majorityShare,
  mostFrequent,
  type Results,
} from "../studies/agreement/results.ts";
import type { Groups } from "../studies/agreement/groups.ts";

interface Row {
  name: string;
  paper?: Groups<number>;
  ours: Groups<number>;
  chance?: number;
  digits: number;
}

/**
 * The results beside the paper's numbers, as a Markdown table.
 *
 * @param results of a test set
 */
export function resultsTable(results: Results): string {
  return markdownTable(resultsCells(results), {
    align: ["l", "r", "r", "r", "r", "r"],
  });
}

/**
 * The cells of {@linkcode resultsTable}, header first.
 *
 * @param results of a test set
 */
export function resultsCells(results: Results): string[][] {
  const header = [
    "",
    "paper: normal",
    "novel",
    "this run: normal",
    "novel",
    "chance",
  ];
  const cells = tableRows(results).map(
    ({ name, paper, ours, chance, digits }) => {
      const show = (value?: number) => value?.toFixed(digits) ?? "–";
      return [
        name,
        show(paper?.normal),
        show(paper?.novel),
        show(ours.normal),
        show(ours.novel),
        show(chance),
      ];
    },
  );
  return [header, ...cells];
}

function tableRows(results: Results): Row[] {
  const { settings, agreement, mapMse } = results;
  const rows: Row[] = settings.k.flatMap((k) => {
    const counts = agreement[k];
    const both = (f: (counts: number[]) => number) => ({
      normal: f(counts.normal),
      novel: f(counts.novel),
    });
    const most = Math.floor(k / 2) + 1;
    return [
      {
        name: `images with top-${k} agreement ${most}–${k}`,
        paper: PAPER.majorityShare[k],
        ours: both(majorityShare),
        digits: 3,
      },
      {
        name: `most frequent top-${k} agreement`,
        paper: PAPER.mostFrequent[k],
        ours: both(mostFrequent),
        digits: 0,
      },
      {
        name: `mean top-${k} agreement, pixels`,
        ours: results.meanAgreement[k],
        chance: results.chanceAgreement[k],
        digits: 2,
      },
      {
        name: `mean maximum distance, K = ${k}, pixels`,
        paper: PAPER.maxDistance[k],
        ours: results.maxDistance[k],
        digits: 2,
      },
    ];
  });
  return [
    ...rows,
    {
      name: "MSE, saliency and error map",
      paper: PAPER.mapMse.saliency,
      ours: mapMse.saliency,
      digits: 4,
    },
    {
      name: "MSE, squared saliency and error map",
      paper: PAPER.mapMse.squaredSaliency,
      ours: mapMse.squaredSaliency,
      digits: 4,
    },
    {
      name: "mean reconstruction loss",
      ours: results.reconstructionLoss,
      digits: 5,
    },
  ];
}

/**
 * The images of each digit, as a Markdown table.
 *
 * @param training the training file's images
 * @param test the test file's images
 * @param normalClasses digits that are normal
 */
export function classTable(
  training: LabelledImages,
  test: LabelledImages,
  normalClasses: readonly number[],
): string {
  const count = ({ labels }: LabelledImages, digit: number) =>
    labels.reduce((sum, label) => sum + Number(label === digit), 0);
  const digits = Array.from({ length: 10 }, (_, digit) => digit);
  const rows = digits.map((digit) => [
    String(digit),
    normalClasses.includes(digit) ? "normal" : "novel",
    String(count(training, digit)),
    String(count(test, digit)),
  ]);
  return markdownTable([["digit", "", "training file", "test file"], ...rows], {
    align: ["l", "l", "r", "r"],
  });
}

/**
 * The layers of the model, as a Markdown table.
 *
 * @param rows as `modelSummary` gives them
 */
export function layerTable(rows: readonly LayerRow[]): string {
  const total = rows.reduce((sum, { parameters }) => sum + parameters, 0);
  const lines = rows.map(({ name, kind, output, parameters }) => [
    name,
    kind,
    output.join("×"),
    String(parameters),
  ]);
  return markdownTable([
    ["layer", "what it is", "output", "parameters"],
    ...lines,
    ["all", "", "", String(total)],
  ], { align: ["l", "l", "r", "r"] });
}
