import { setTimeout } from "node:timers/promises";
import type { ChartSpec } from "../figures/chart_spec.ts";
import { chartToSvg, svgToPng } from "../figures/render.ts";

/**
 * Milliseconds in which Deno's kernel sends what it was given to show. It has a
 * queue for that, and does not wait for it when the cell ends: what is still
 * in the queue then appears under the next cell, as a cell's value may, too.
 */
const UNTIL_SENT = 20;

/** What a notebook shows, by MIME type. */
export type MimeBundle = Record<string, unknown>;

/** JupyterLab's renderer of this version; the specs say so in $schema. */
const CHART_TYPE = "application/vnd.vegalite.v5+json";

/** Pixels of a picture a unit of its drawing, for high-resolution screens. */
const SCALE = 2;

/**
 * How a viewer should show what is in a bundle: pictures at the size of their
 * drawing, and of a chart in words what it shows.
 *
 * @param bundle with a PNG file or without
 * @returns metadata by MIME type
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"></svg>';
 * const { "image/png": size } = bundleMetadata(pictureBundle(svg));
 * assertEquals(size, { width: 4, height: 3 });
 * ```
 */
export function bundleMetadata(bundle: MimeBundle): MimeBundle {
  const { "image/png": png } = bundle;
  if (typeof png !== "string") return {};
  // A PNG file begins with its signature and a header: width, then height.
  const header = Uint8Array.fromBase64(png.slice(0, 32));
  const view = new DataView(header.buffer);
  const [width, height] = [16, 20].map((at) => view.getUint32(at) / SCALE);
  const { description: alt } = Object(bundle[CHART_TYPE]);
  return { "image/png": { width, height, ...alt && { alt } } };
}

/**
 * Markdown text, such as a table.
 *
 * @param text in Markdown
 */
export function markdownBundle(text: string): MimeBundle {
  return { "text/markdown": text, "text/plain": text };
}

/**
 * A drawing, as a picture that every viewer of notebooks draws alike.
 *
 * @param svg an SVG document
 */
export function pictureBundle(svg: string): MimeBundle {
  return { "image/png": svgToPng(svg, SCALE).toBase64() };
}

/**
 * A Vega-Lite chart: interactive where the viewer can, else a picture.
 *
 * @param spec with its data
 */
export async function chartBundle(spec: ChartSpec): Promise<MimeBundle> {
  return {
    [CHART_TYPE]: spec,
    "image/png": svgToPng(await chartToSvg(spec), SCALE).toBase64(),
  };
}

/**
 * Shows Markdown text under the cell of a notebook.
 *
 * @param text in Markdown
 */
export async function showMarkdown(text: string): Promise<void> {
  await liveDisplay()(markdownBundle(text));
}

/**
 * Shows a drawing under the cell of a notebook.
 *
 * @param svg an SVG document
 */
export async function showSvg(svg: string): Promise<void> {
  await liveDisplay()(pictureBundle(svg));
}

/**
 * Shows a Vega-Lite chart under the cell of a notebook.
 *
 * @param spec with its data
 */
export async function showChart(spec: ChartSpec): Promise<void> {
  await liveDisplay()(await chartBundle(spec));
}

/**
 * A place in a notebook whose content can change: what is shown first appears
 * under the cell, and later ones take its place.
 *
 * @returns a function that shows
 *
 * @example A count that goes up
 * ```ts ignore
 * const show = liveDisplay();
 * for (let i = 0; i < 10; i++) await show(markdownBundle(`${i} of 10`));
 * ```
 */
export function liveDisplay(): (shown: MimeBundle) => Promise<void> {
  const id = crypto.randomUUID();
  let kind = "display_data";
  return async (data) => {
    await Deno.jupyter.broadcast(kind, {
      data,
      metadata: bundleMetadata(data),
      transient: { display_id: id },
    });
    kind = "update_display_data";
    await setTimeout(UNTIL_SENT);
  };
}
