import { assertEquals } from "@std/assert";
import { crossOverTable } from "../../lib/report/cross_over_table.ts";
import { classOf } from "../class_fixture.ts";

Deno.test("crossOverTable() has half of what the differences of normal and novel classes differ by", () => {
  const run = {
    ...{ name: "a*", k: 10, gradient: "exact", statistics: "validation" },
    classes: [classOf(0, false, 0.5, 4), classOf(1, true, 0.25, 3.5)],
  };
  const other = {
    ...{ name: "b", k: 10, gradient: "exact", statistics: "validation" },
    classes: [classOf(0, true, 0.25, 3), classOf(1, false, 0.5, 4)],
  };
  const [header, , line, ...more] = crossOverTable([[run, other]]).split("\n")
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
  assertEquals(header, [
    ...["run", "with the others normal", "novelty adds", "p over classes"],
  ]);
  // Class 0 agrees by 0.25 (1.00) more where it is normal, class 1 by 0.25 (0.50).
  assertEquals(line, ["a\\*", "b", "−0.250 (−0.75)", "1.000 (1.000)"]);
  assertEquals(more, []);
});
