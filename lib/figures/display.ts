import type { TopLevelSpec } from "vega-lite";
import { chartToSvg, svgToPng } from "./render.ts";

/** What a notebook shows, by MIME type. */
export type MimeBundle = Record<string, unknown>;

/** The last value of a cell; Deno's Jupyter kernel asks it what to show. */
export interface Display {
  [key: symbol]: () => MimeBundle;
}

const display = (bundle: MimeBundle): Display => ({
  [Symbol.for("Jupyter.display")]: () => bundle,
});

/**
 * Shows Markdown text, such as a table.
 *
 * @param text in Markdown
 */
export function showMarkdown(text: string): Display {
  return display({ "text/markdown": text, "text/plain": text });
}

/**
 * Shows a drawing, as a picture that every viewer of notebooks draws alike.
 *
 * @param svg an SVG document
 */
export function showSvg(svg: string): Display {
  return display({ "image/png": svgToPng(svg).toBase64() });
}

/**
 * Shows a Vega-Lite chart: interactive where the viewer can, else as a
 * picture.
 *
 * @param spec with its data
 */
export async function showChart(spec: TopLevelSpec): Promise<Display> {
  return display({
    // JupyterLab's renderer of this version; the specs say so in $schema.
    "application/vnd.vegalite.v5+json": spec,
    "image/png": svgToPng(await chartToSvg(spec)).toBase64(),
  });
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
 * for (let i = 0; i < 10; i++) await show(showMarkdown(`${i} of 10`));
 * ```
 */
export function liveDisplay(): (shown: Display) => Promise<void> {
  const id = crypto.randomUUID();
  let kind = "display_data";
  return async (shown) => {
    await Deno.jupyter.broadcast(kind, {
      data: shown[Symbol.for("Jupyter.display")](),
      metadata: {},
      transient: { display_id: id },
    });
    kind = "update_display_data";
  };
}
