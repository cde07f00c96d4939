import { assertEquals } from "@std/assert";
import { leftOutTable } from "../../lib/report/left_out_table.ts";

Deno.test("leftOutTable() has a line a class, and a dash where a run could not leave it out", () => {
  const lines = leftOutTable([
    { name: "a*", auroc: 0.75, without: { 1: 0.5, 0: 0.875 } },
    { name: "b", auroc: 0.5, without: { 1: 1 } },
  ], ["cat", "dog"]).split("\n")
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
  assertEquals(lines.toSpliced(1, 1), [
    ["left out", "a\\*", "b"],
    ["none", "0.750", "0.500"],
    ["cat", "0.875", "–"],
    ["dog", "0.500", "1.000"],
  ]);
});
