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
const BOLD = 1.1;

/** Widths of texts in ems, once they are known. */
const ems = new Map<string, number>();

/**
 * How wide a text is in the font of all figures.
 *
 * @param text one line
 * @param fontSize in the unit of the width
 * @param isBold whether its letters are bold
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 *
 * assert(textWidth("iii", 11) < textWidth("mmm", 11));
 * ```
 */
export function textWidth(
  text: string,
  fontSize: number,
  isBold = false,
): number {
  const width = ems.get(text) ?? measure(text);
  ems.set(text, width);
  return width * fontSize * (isBold ? BOLD : 1);
}

function measure(text: string): number {
  const size = 100;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg"><text font-size="${size}">${
      escapeMarkup(text)
    }</text></svg>`;
  return (new Resvg(svg, { font: FONTS }).getBBox()?.width ?? 0) / size;
}
