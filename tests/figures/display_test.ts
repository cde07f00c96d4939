import { assertEquals } from "@std/assert";
import { figure2 } from "../../lib/figures/figure2.ts";
import {
  type Display,
  showChart,
  showMarkdown,
  showSvg,
} from "../../lib/figures/display.ts";

const bundle = (shown: Display) => shown[Symbol.for("Jupyter.display")]();
const PNG = "iVBORw0KGgo";

Deno.test("showChart() gives the spec to viewers that can draw it, a picture to others", async () => {
  const spec = figure2({ normal: [1, 1], novel: [1, 1] });
  const shown = bundle(await showChart(spec));
  assertEquals(shown["application/vnd.vegalite.v5+json"], spec);
  assertEquals(String(shown["image/png"]).startsWith(PNG), true);
});

Deno.test("showSvg() gives a picture", () => {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"></svg>';
  const png = bundle(showSvg(svg))["image/png"];
  assertEquals(String(png).startsWith(PNG), true);
});

Deno.test("showMarkdown() gives the text", () => {
  assertEquals(bundle(showMarkdown("**a**"))["text/markdown"], "**a**");
});
