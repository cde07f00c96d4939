import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  correlationTable,
  measureTable,
  sanityTable,
} from "../../lib/report/similarity_tables.ts";

const plain = (table: string) => table.replaceAll(/ +/g, " ");
const estimate = (mean: number) => ({
  mean,
  low: mean - 0.1,
  high: mean + 0.1,
});

Deno.test("measureTable() shows both groups, mismatched pairs and how well they are told apart", () => {
  const table = measureTable([{
    measure: "SSIM",
    normal: estimate(0.5),
    novel: estimate(0.4),
    mismatched: estimate(0),
    separation: 0.9,
  }]);
  assertStringIncludes(
    plain(table),
    "| SSIM | 0.500 (0.400–0.600) | 0.400 (0.300–0.500) | 0.000 (−0.100 to 0.100) | 0.900 |",
  );
});

Deno.test("correlationTable() is a square", () => {
  const table = plain(
    correlationTable({ a: { a: 1, b: -0.5 }, b: { a: -0.5, b: 1 } }),
  );
  assertEquals(table.split("\n")[2], "| a | 1.00 | −0.50 |");
});

Deno.test("sanityTable() shows one of the two maps", () => {
  const row = {
    name: "decoder.conv.2",
    saliency: { SSIM: estimate(0.2) },
    error: { SSIM: estimate(0.7) },
  };
  assertStringIncludes(
    plain(sanityTable([row], "error")),
    "| decoder.conv.2 | 0.700 (0.600–0.800) |",
  );
});
