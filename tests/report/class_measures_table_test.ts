import { assertEquals } from "@std/assert";
import {
  classMeasuresTable,
  controlledMeasuresTable,
  crossedMeasuresTable,
} from "../../lib/report/class_measures_table.ts";
import type {
  ClassedRun,
  ClassMeasures,
} from "../../lib/studies/agreement/by_class.ts";

const classOf = (
  label: number,
  novel: boolean,
  [meanAgreement, maxDistance, reconstructionLoss]: number[],
): ClassMeasures => ({
  ...{ label, novel, images: 1 },
  means: { majorityShare: 0, meanAgreement, maxDistance, reconstructionLoss },
});

const run = (
  name: string,
  k: number,
  classes: ClassMeasures[],
): ClassedRun => ({
  ...{ name, k, gradient: "exact", statistics: "validation", classes },
});

const cellsOf = (table: string) =>
  table.split("\n").toSpliced(1, 1)
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));

/** Class 0 normal and class 1 novel, by each measure; twice as much at K = 10. */
const ONE = [5, 10].map((k) =>
  run("a*", k, [
    classOf(0, false, [0.4 * k, 3, 0.25]),
    classOf(1, true, [0.2 * k, 7, 0.5]),
  ])
);
const OTHER = [5, 10].map((k) =>
  run("b", k, [
    classOf(0, true, [0.3 * k, 4, 0.5]),
    classOf(1, false, [0.3 * k, 5, 0.25]),
  ])
);

Deno.test("classMeasuresTable() has novel less normal by each measure and K, and p", () => {
  assertEquals(cellsOf(classMeasuresTable(ONE.map((one) => [one]))), [
    [
      ...["run", "top-5 agreement", "top-10 agreement"],
      ...["maximum distance, K = 5", "maximum distance, K = 10", "loss r̄"],
    ],
    [
      ...["a\\*", "−1.00 (1.000)", "−2.00 (1.000)"],
      ...["4.00 (1.000)", "4.00 (1.000)", "0.25000 (1.000)"],
    ],
  ]);
});

Deno.test("crossedMeasuresTable() has what novelty adds by each measure and K, and p", () => {
  const pairs = ONE.map((one, i) => [[one, OTHER[i]] as const]);
  const [head, line] = cellsOf(crossedMeasuresTable(pairs));
  assertEquals(head.slice(0, 3), [
    ...["run", "with the others normal", "top-5 agreement"],
  ]);
  // Distance: class 0 is nearer by 1 where it is normal, class 1 by 2.
  assertEquals(line, [
    ...["a\\*", "b", "−0.50 (1.000)", "−1.00 (1.000)"],
    ...["1.50 (1.000)", "1.50 (1.000)", "0.25000 (1.000)"],
  ]);
});

Deno.test("controlledMeasuresTable() has what is left when a control's difference is taken off", () => {
  const controls = [5, 10].map((k) =>
    run("c|d", k, [
      classOf(0, false, [0.5 * k, 3, 0.25]),
      classOf(1, true, [0.4 * k, 4, 0.25]),
    ])
  );
  const pairs = ONE.map((one, i) => [[one, controls[i]] as const]);
  const [head, line] = controlledMeasuresTable(pairs).split("\n")
    .toSpliced(1, 1)
    .map((row) =>
      row.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim())
    );
  assertEquals(head.slice(0, 3), ["run", "control", "top-5 agreement"]);
  // Agreement at K = 5: −1 in the run, −0.5 in the control; distance 4 and 1.
  assertEquals(line, [
    ...["a\\*", "c\\|d", "−0.50 (1.000)", "−1.00 (1.000)"],
    ...["3.00 (1.000)", "3.00 (1.000)", "0.25000 (1.000)"],
  ]);
});
