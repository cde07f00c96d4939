import { bestMatch } from "../metrics/best_match.ts";
import { gray } from "./colors.ts";
import { picture, svgDocument, text } from "./image_grid.ts";
import { mapToPng } from "./render.ts";

/** What metric 2 compares in one image. */
export interface Matches {
  /** The image, 0 to 1, in row order. */
  image: ArrayLike<number>;
  /** Pixels in a row. */
  width: number;
  /** The saliency map's top K. */
  salient: readonly number[];
  /** The error map's top K. */
  wrong: readonly number[];
}

const PIXEL = 14;
const SALIENT = "#56B4E9";
const WRONG = "#E69F00";
const LONGEST = "#F0E442";
const LINE = 16;

/**
 * Both metrics of one image, made visible: the two top-K sets drawn over the
 * digit, and a line from each salient pixel to its best match. The longest one
 * is the maximum distance; pixels in both sets are the agreement.
 *
 * @param matches the image and its two top-K sets
 * @returns an SVG document
 */
export async function matchDrawing(
  { image, width, salient, wrong }: Matches,
): Promise<string> {
  const height = image.length / width;
  const lines = salient.map((pixel) => {
    const match = bestMatch(pixel, wrong, width);
    const [a, b] = [centre(pixel, width), centre(match, width)];
    return { a, b, length: Math.hypot(a.x - b.x, a.y - b.y) / PIXEL };
  }).sort((a, b) => a.length - b.length);
  const longest = lines.at(-1)!;
  const shared = salient.filter((pixel) => wrong.includes(pixel)).length;
  const body = [
    picture(
      { x: 0, y: 0, width: width * PIXEL, height: height * PIXEL },
      await mapToPng(Array.from(image, (v) => 0.75 * v), width, gray),
    ),
    ...wrong.map((pixel) => square(pixel, width, WRONG, 0)),
    ...salient.map((pixel) =>
      square(pixel, width, SALIENT, wrong.includes(pixel) ? PIXEL / 2 : 0)
    ),
    drawLines(lines, longest),
    legend(height * PIXEL + 8, [
      [[SALIENT], `${salient.length} most salient pixels`],
      [[WRONG], `${wrong.length} pixels of largest error`],
      [[WRONG, SALIENT], `in both: ${shared}`],
      ["white", "from a salient pixel to its best match"],
      [LONGEST, `the longest: ${longest.length.toFixed(2)} pixels`],
    ]),
  ];
  return svgDocument(
    width * PIXEL,
    height * PIXEL + 8 + 5 * LINE + 2,
    body.join(""),
  );
}

const centre = (pixel: number, width: number) => ({
  x: (pixel % width + 0.5) * PIXEL,
  y: (Math.floor(pixel / width) + 0.5) * PIXEL,
});

/** A pixel in a colour; only its right half if `from` is half a pixel. */
function square(pixel: number, width: number, color: string, from: number) {
  const { x, y } = centre(pixel, width);
  return `<rect x="${x - PIXEL / 2 + from + 1}" y="${y - PIXEL / 2 + 1}" ` +
    `width="${PIXEL - from - 2}" height="${PIXEL - 2}" fill="${color}"/>`;
}

interface Point {
  x: number;
  y: number;
}

interface Line {
  a: Point;
  b: Point;
  length: number;
}

/** Lines with dark edges, for they cross bright ink; no edge hides a line. */
function drawLines(lines: readonly Line[], longest: Line): string {
  const seen = lines.filter(({ length }) => length > 0);
  const draw = ({ a, b }: Line, color: string, width: number) =>
    stroke([a, b], color, width);
  return [
    ...seen.map((line) => draw(line, "black", line === longest ? 5.5 : 3.5)),
    ...seen.map((line) =>
      line === longest ? draw(line, LONGEST, 3.5) : draw(line, "white", 1.5)
    ),
  ].join("");
}

function stroke(
  [a, b]: readonly [Point, Point],
  color: string,
  width: number,
): string {
  return `<line x1="${a.x}" y1="${a.y}" x2="${b.x}" y2="${b.y}" ` +
    `stroke="${color}" stroke-width="${width}"/>`;
}

/** A pixel's colour, or those of its halves; or a line's. */
type Sample = string[] | string;

/** Samples of what is drawn, each with its label. */
function legend(top: number, entries: [Sample, label: string][]): string {
  return entries.map(([sample, label], i) => {
    const y = top + LINE * i;
    const drawn = typeof sample === "string"
      ? lineSample(sample, y + 5.5)
      : pixelSample(sample, y);
    return drawn + text(23, y + 10, label, "start");
  }).join("");
}

function pixelSample(colors: string[], y: number): string {
  const width = 11 / colors.length;
  return colors.map((color, i) =>
    `<rect x="${6 + i * width}" y="${y}" width="${width}" height="11" ` +
    `fill="${color}" stroke="#333" stroke-width="0.5"/>`
  ).join("");
}

function lineSample(color: string, y: number): string {
  const ends = [{ x: 3, y }, { x: 20, y }] as const;
  return stroke(ends, "black", 4.5) + stroke(ends, color, 2.5);
}
