import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  correlationTable,
  measureTable,
  sanityFinding,
  sanityTable,
  separationFinding,
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

Deno.test("sanityFinding() takes the first and the last randomised layer, and the edges", () => {
  const row = (name: string, agreement: number, spearman: number) => {
    const likeness = {
      "top-10 agreement": estimate(agreement),
      "Spearman, absolute values": estimate(spearman),
    };
    return { name, saliency: likeness, error: likeness };
  };
  const finding = sanityFinding([
    row("decoder.conv.2", 0.52, 0.7),
    row("decoder.conv.1", 0.4, 0.6),
    row("encoder.conv.0", 0.011, -0.25),
    row("edges (Sobel)", 0.13, 0.1),
    row("brightness", 0.9, 0.9),
  ], "error");
  assertStringIncludes(
    finding,
    "of the error map 52 % stay where they were with a random output layer, 1 % with all layers random; plain edges have 13 %",
  );
  assertStringIncludes(
    finding,
    "is 0.70 with a random output layer and −0.25 with all layers random, that of edges 0.10.",
  );
});

Deno.test("separationFinding() begins with the measure that separates best", () => {
  const row = (measure: string, separation: number) => ({
    ...{ measure, separation, normal: estimate(0), novel: estimate(0) },
    mismatched: estimate(0),
  });
  const [worse, chosen] = [row("SSIM", 0.5), row("top-10 agreement", 0.8)];
  const first = separationFinding([worse, chosen]);
  assertStringIncludes(first, ": top-10 agreement 0.800, SSIM 0.500.");
  assertStringIncludes(first, "set aside: none.");
  const second = separationFinding([worse, chosen, row("HOG", 0.9)]);
  assertStringIncludes(second, "set aside: HOG.");
});
