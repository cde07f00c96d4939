import { assertStringIncludes } from "@std/assert";
import type { Results } from "../../lib/studies/agreement/results.ts";
import { resultsTable } from "../../lib/report/results_table.ts";

const both = <T>(value: T) => ({ normal: value, novel: value });

const results: Results = {
  settings: { data: "test", normalClasses: [0], k: [5, 7], gradient: "exact" },
  counts: both(4),
  agreement: {
    5: { normal: [2, 0, 0, 2, 0, 0], novel: [4, 0, 0, 0, 0, 0] },
    7: both([0, 0, 0, 0, 4, 0, 0, 0]),
  },
  meanAgreement: { 5: both(1.5), 7: both(4) },
  chanceAgreement: { 5: 25 / 784, 7: 49 / 784 },
  maxDistance: { 5: both(8.5), 7: both(9.5) },
  mapMse: { saliency: both(0.03), squaredSaliency: both(0.007) },
  reconstructionLoss: both(0.002),
  auroc: 0.75,
};

Deno.test("resultsTable() puts the paper's numbers beside the run's", () => {
  const table = resultsTable(results).replaceAll(/ +/g, " ");
  assertStringIncludes(
    table,
    "| images with top-5 agreement 3–5 | 0.260 | 0.190 | 0.500 | 0.000 | – |",
  );
  assertStringIncludes(
    table,
    "| MSE, saliency and error map | 0.0303 | 0.0305 | 0.0300 | 0.0300 | – |",
  );
});

Deno.test("resultsTable() shows a K that the paper does not have", () => {
  const table = resultsTable(results).replaceAll(/ +/g, " ");
  assertStringIncludes(
    table,
    "| images with top-7 agreement 4–7 | – | – | 1.000 | 1.000 | – |",
  );
  assertStringIncludes(
    table,
    "| mean top-7 agreement, pixels | – | – | 4.00 | 4.00 | 0.06 |",
  );
});
