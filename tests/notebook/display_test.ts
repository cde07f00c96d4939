import { assertEquals, assertRejects } from "@std/assert";
import { figure2 } from "../../lib/figures/figure2.ts";
import { chartToSvg } from "../../lib/figures/render.ts";
import {
  bundleMetadata,
  chartBundle,
  liveDisplay,
  markdownBundle,
  pictureBundle,
  showChart,
  showMarkdown,
  showSvg,
} from "../../lib/notebook/display.ts";
import { withJupyter } from "./fake_jupyter.ts";

const PNG = "iVBORw0KGgo";

Deno.test("chartBundle() gives the spec to viewers that can draw it, a picture to others", async () => {
  const spec = figure2({ normal: [1, 1], novel: [1, 1] });
  const bundle = await chartBundle(spec);
  assertEquals(bundle["application/vnd.vegalite.v5+json"], spec);
  assertEquals(String(bundle["image/png"]).startsWith(PNG), true);
});

Deno.test("pictureBundle() gives a picture", () => {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"></svg>';
  assertEquals(String(pictureBundle(svg)["image/png"]).startsWith(PNG), true);
});

Deno.test("markdownBundle() gives the text, as text too", () => {
  assertEquals(markdownBundle("**a**"), {
    "text/markdown": "**a**",
    "text/plain": "**a**",
  });
});

Deno.test("showMarkdown() outside a notebook says that it needs one", async () => {
  await assertRejects(() => showMarkdown("a"), Error, "deno jupyter");
});

Deno.test("bundleMetadata() gives pictures the size of their drawing, and text none", async () => {
  const spec = figure2({ normal: [1, 1], novel: [1, 1] });
  const { "image/png": size } = bundleMetadata(await chartBundle(spec));
  const [, width] = (await chartToSvg(spec)).match(/width="([\d.]+)"/)!;
  assertEquals(size, {
    width: Number(width),
    height: (size as { height: number }).height,
    alt: spec.description,
  });
  assertEquals(bundleMetadata(markdownBundle("a")), {});
});

Deno.test("showMarkdown(), showSvg() and showChart() show a text, a picture and a chart, each in a place of its own", () =>
  withJupyter(async (shown) => {
    const svg =
      '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"></svg>';
    const spec = figure2({ normal: [1, 1], novel: [1, 1] });
    await showMarkdown("**a**");
    await showSvg(svg);
    await showChart(spec);
    assertEquals(shown.map(({ data }) => data), [
      markdownBundle("**a**"),
      pictureBundle(svg),
      await chartBundle(spec),
    ]);
    assertEquals(shown.map(({ kind }) => kind), Array(3).fill("display_data"));
    assertEquals(new Set(shown.map(({ id }) => id)).size, 3);
  }));

Deno.test("liveDisplay() changes what it showed first", () =>
  withJupyter(async (shown) => {
    const show = liveDisplay();
    for (const text of ["a", "b", "c"]) await show(markdownBundle(text));
    const [first] = shown;
    assertEquals(
      shown.map(({ kind, id }) => [kind, id]),
      ["display_data", "update_display_data", "update_display_data"]
        .map((kind) => [kind, first.id]),
    );
  }));
