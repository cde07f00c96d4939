import { assertEquals } from "@std/assert";
import { residualTable } from "../../lib/report/residual_table.ts";

const of = (mean: number) => ({ normal: { mean }, novel: { mean: 2 * mean } });

Deno.test("residualTable() goes from the least that comes back to the most", () => {
  const study = {
    model: "memory",
    typical: { normal: 0, novel: 1 },
    randomSigns: { mean: 0.25 },
    cosine: { mean: -0.125 },
    k: 5,
  };
  const lines = residualTable([
    {
      ...study,
      name: "b|2",
      ratio: of(1),
      agreement: of(0.5),
      correlation: null,
    },
    {
      ...study,
      name: "a",
      ratio: of(0.5),
      agreement: of(1),
      correlation: -0.25,
    },
  ]).split("\n")
    .map((line) =>
      line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim())
    );
  assertEquals(lines.toSpliced(1, 1), [
    [
      "model",
      "‖Jᵀr‖/‖r‖: normal",
      "novel",
      "with random signs",
      "cos(r, Jᵀr)",
      "top-5 agreement, pixels: normal",
      "novel",
      "correlation over images",
    ],
    ["a", "0.50", "1.00", "0.25", "−0.13", "1.00", "2.00", "−0.25"],
    ["b\\|2", "1.00", "2.00", "0.25", "−0.13", "0.50", "1.00", "–"],
  ]);
});
