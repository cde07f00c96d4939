import type { ChartSpec } from "./chart_spec.ts";
import type { Groups } from "../studies/agreement/groups.ts";
import { agreementBars, agreementShareRows } from "./agreement_bars.ts";

/**
 * Figure 2 of the paper for many K: a slider chooses K where the viewer draws
 * Vega-Lite itself, without a kernel.
 *
 * @param counts by K, images per agreement value, 0 to K
 * @param start the K that is shown first
 * @returns a Vega-Lite specification with its data
 */
export function agreementSlider(
  counts: Record<string, Groups<number[]>>,
  start: number,
): ChartSpec {
  const ks = Object.keys(counts).map(Number);
  const values = ks.flatMap((k) =>
    agreementShareRows(counts[k]).map((row) => ({ k, ...row }))
  );
  return {
    ...agreementBars("K"),
    description: `Frequency of each top-K agreement, K = ${start} at first`,
    params: [{
      name: "K",
      value: start,
      bind: {
        input: "range",
        min: Math.min(...ks),
        max: Math.max(...ks),
        step: 1,
        name: "K ",
      },
    }],
    data: { values },
    transform: [{ filter: "datum.k == K" }],
  };
}
