import { assertEquals } from "@std/assert";
import { notebookFaults, showCalls } from "../../../tasks/jupyter/check.ts";

const output = (data: Record<string, unknown>) => ({
  output_type: "display_data",
  data,
});
const cell = (source: string, outputs: unknown[], execution_count = 1) =>
  ({ cell_type: "code", source, outputs, execution_count }) as never;
const shown = cell("await showMarkdown(text)", [
  output({ "text/markdown": "a" }),
]);
const faults = (...cells: never[]) => notebookFaults({ cells });

Deno.test("notebookFaults() finds none in a notebook that was run", () => {
  assertEquals(faults(cell("const a = 1;", []), shown), []);
});

Deno.test("notebookFaults() names cells that were not run, failed, or lost their output", () => {
  const error = { output_type: "error", ename: "E" };
  assertEquals(
    faults(
      cell("const a = 1;", [], 0),
      cell("f();", [error]),
      cell("await showChart(\n  spec,\n)", []),
      shown,
    ),
    [
      "code cell 1 was not run",
      "code cell 2 ended in an error",
      "code cell 3 shows something and has no output",
    ],
  );
});

Deno.test("notebookFaults() finds a machine's paths, and charts that GitHub cannot show", () => {
  const path = cell("x", [{ output_type: "stream", text: "at /home/a/b.ts" }]);
  const chart = cell("x", [output({ "application/vnd.vegalite.v5+json": {} })]);
  assertEquals(faults(path, chart), [
    "code cell 1 shows a path of a machine",
    "code cell 2 has a chart without a picture beside it",
  ]);
});

Deno.test("notebookFaults() does not take a notebook without any output", () => {
  assertEquals(faults(cell("const a = 1;", [])), ["no cell has an output"]);
});

Deno.test("notebookFaults() finds what is shown without waiting, which may come too late", () => {
  const text = [output({ "text/markdown": "a" })];
  assertEquals(faults(cell("showMarkdown(text)", text)), [
    "code cell 1 does not wait for what it shows",
  ]);
});

Deno.test("showCalls() finds each statement that shows something", () => {
  assertEquals(
    showCalls(
      "for (const a of b) {\n  await showSvg(await f({\n    a,\n  }));\n}",
    ),
    ["  await showSvg("],
  );
  assertEquals(showCalls("showSvg(a);\nawait showChart(b);").length, 2);
  assertEquals(showCalls("console.log(1);\nawait show(event);"), []);
});
