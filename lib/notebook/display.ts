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
  return { "image/png": svgToPng(svg).toBase64() };
}

/**
 * A Vega-Lite chart: interactive where the viewer can, else a picture.
 *
 * @param spec with its data
 */
export async function chartBundle(spec: ChartSpec): Promise<MimeBundle> {
  return {
    // JupyterLab's renderer of this version; the specs say so in $schema.
    "application/vnd.vegalite.v5+json": spec,
    "image/png": svgToPng(await chartToSvg(spec)).toBase64(),
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
      metadata: {},
      transient: { display_id: id },
    });
    kind = "update_display_data";
    await setTimeout(UNTIL_SENT);
  };
}
