import type { ChartSpec } from "./chart_spec.ts";
import type { Groups } from "../studies/agreement/groups.ts";
import { agreementBars, agreementShareRows } from "./agreement_bars.ts";

/**
 * Figure 2 of the paper: how often each top-K agreement occurs, normal beside
 * novel images.
 *
 * @param counts images per agreement value, 0 to K
 * @returns a Vega-Lite specification with its data
 */
export function figure2(counts: Groups<number[]>): ChartSpec {
  const k = counts.normal.length - 1;
  return {
    ...agreementBars(k),
    description:
      `Frequency of each top-${k} agreement, normal beside novel images`,
    data: { values: agreementShareRows(counts) },
  };
}
