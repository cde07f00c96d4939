import { assertEquals } from "@std/assert";
import { statisticsFindings } from "../../lib/report/statistics_table.ts";
import { resultsOf } from "../results_fixture.ts";

Deno.test("statisticsFindings() tells of the last epoch, and of the kinds that were measured", () => {
  const row = (
    epochs: number,
    statistics: "validation" | "precise",
    agreeing: number,
  ) => ({ epochs, statistics, results: resultsOf({ epochs }, { agreeing }) });
  const points = statisticsFindings([
    row(10, "validation", 4),
    row(20, "validation", 1),
    row(20, "precise", 4),
  ]).split("\n");
  assertEquals(points, [
    "- Images with a top-10 agreement of 6 or more after 20 epochs, normal / novel, by the running statistics: " +
    "moved on by the validation images 25.0 % / 0.0 %; of the training set (precise) 100.0 % / 0.0 %.",
    "- The loss: moved on by the validation images 0.00200 / 0.00400; of the training set (precise) 0.00200 / 0.00400.",
    "- Finding 4, that novel images agree noticeably less: " +
    // Of four images of each kind one, or all: z = 1/4 / √(1/8 · 7/8 / 2), and 1 / √(1/2 · 1/2 / 2).
    "moved on by the validation images is not decided (z = 1.1); of the training set (precise) holds (z = 2.8).",
  ]);
});
