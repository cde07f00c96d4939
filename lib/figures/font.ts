import { Resvg } from "@resvg/resvg-js";
import { fileURLToPath } from "node:url";
import { escapeMarkup } from "./markup.ts";

/** The font of all figures; it comes with the project, so PNGs look the same everywhere. */
export const FONT = "DejaVu Sans";

const fontFile = fileURLToPath(
  new URL(
    "./ttf/DejaVuSans.ttf",
    import.meta.resolve("dejavu-fonts-ttf/package.json"),
  ),
);

/** What draws texts with it. */
export const FONTS = {
  fontFiles: [fontFile],
  loadSystemFonts: false,
  defaultFontFamily: FONT,
};

/** How much wider bold letters are. */
export const BOLD = 1.1;

/**
 * How wide a text is in the font of all figures.
 *
 * @param text one line
 * @param fontSize in the unit of the width
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 *
 * assert(textWidth("iii", 11) < textWidth("mmm", 11));
 * ```
 */
export function textWidth(text: string, fontSize: number): number {
  const size = 100;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg"><text font-size="${size}">${
      escapeMarkup(text)
    }</text></svg>`;
  const { width = 0 } = new Resvg(svg, { font: FONTS }).getBBox() ?? {};
  return width / size * fontSize;
}
