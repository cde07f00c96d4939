import { assertEquals } from "@std/assert";
import { agreementByClassTable } from "../../lib/report/agreement_by_class_table.ts";
import { classOf } from "../class_fixture.ts";

Deno.test("agreementByClassTable() sets normal classes in bold, and ends with what the groups differ by", () => {
  const classes = [classOf(0, false, 0.5, 4), classOf(1, true, 0.25, 3.5)];
  const lines = agreementByClassTable([{
    name: "a run*",
    k: 10,
    gradient: "exact",
    statistics: "validation",
    classes,
  }])
    .split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
  assertEquals(
    lines.map(([, name, value]) => [name, value]),
    [
      ["class", "a run\\*"],
      [":---------------------", "-------------------:"],
      ["0", "**0.500 (4.00)**"],
      ["1", "0.250 (3.50)"],
      ["novel − normal classes", "−0.250 (−0.50)"],
      ["p over classes", "1.000 (1.000)"],
    ].map((row, i) => i === 1 ? [lines[1][1], lines[1][2]] : row),
  );
});
