import { markdownTable } from "markdown-table";
import { meanText, numberText } from "../statistics/estimate.ts";
import type { NamedResidualStudy } from "../studies/residual.ts";
import { escapeMarkdown } from "./escape_markdown.ts";

/**
 * How much of the residual comes back through models, and how well their two
 * maps agree, as a Markdown table: from the least that comes back to the most.
 *
 * @param studies one a model, of one K; at least one
 */
export function residualTable(studies: readonly NamedResidualStudy[]): string {
  const [{ k }] = studies;
  const rows = studies
    .toSorted((a, b) => a.ratio.normal.mean - b.ratio.normal.mean)
    .map(({ name, ratio, randomSigns, cosine, agreement, correlation }) => [
      escapeMarkdown(name),
      meanText(ratio.normal, 2),
      meanText(ratio.novel, 2),
      numberText(randomSigns.mean, 2),
      numberText(cosine.mean, 2),
      meanText(agreement.normal, 2),
      meanText(agreement.novel, 2),
      correlation === null ? "–" : numberText(correlation, 2),
    ]);
  return markdownTable([
    [
      "model",
      "‖Jᵀr‖/‖r‖: normal",
      "novel",
      "with random signs",
      "cos(r, Jᵀr)",
      `top-${k} agreement, pixels: normal`,
      "novel",
      "correlation over images",
    ],
    ...rows,
  ], { align: ["l", "r", "r", "r", "r", "r", "r", "r"] });
}
