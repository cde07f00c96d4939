import { type RandomGenerator, uniform } from "../../support/random.ts";
import {
  type Anomaly,
  drawUntilItFits,
  type Picture,
  pictureSize,
  type Range,
} from "./picture.ts";

/** Noise above it makes the patches, as in DRAEM. */
const THRESHOLD = 0.5;

/** Pixels from one lattice point of the texture to the next. */
const TEXTURE_CELL = 2;

/**
 * Perlin's gradient noise (K. Perlin, "Improving Noise", SIGGRAPH 2002) in two
 * dimensions, with unit gradients at random angles. It is 0 at lattice points.
 *
 * @param random where the randomness comes from; it moves on
 * @param columns cells the lattice has along x
 * @param rows cells the lattice has along y
 * @returns the noise, −1 to 1, for 0 ≤ x < columns and 0 ≤ y < rows
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { anomalyStream } from "../../support/random.ts";
 *
 * const noise = perlinNoise(anomalyStream(0), 3, 2);
 * assertEquals([Math.abs(noise(1, 1)), noise(1.5, 0.5) !== 0], [0, true]);
 * ```
 */
export function perlinNoise(
  random: RandomGenerator,
  columns: number,
  rows: number,
): (x: number, y: number) => number {
  const angles = Array.from(
    { length: (columns + 1) * (rows + 1) },
    () => uniform(random, 0, 2 * Math.PI),
  );
  const slope = (column: number, row: number, dx: number, dy: number) => {
    const angle = angles[row * (columns + 1) + column];
    return Math.cos(angle) * dx + Math.sin(angle) * dy;
  };
  return (x, y) => {
    const [column, row] = [Math.floor(x), Math.floor(y)];
    const [dx, dy] = [x - column, y - row];
    const [right, down] = [fade(dx), fade(dy)];
    const upper = mix(
      slope(column, row, dx, dy),
      slope(column + 1, row, dx - 1, dy),
      right,
    );
    const lower = mix(
      slope(column, row + 1, dx, dy - 1),
      slope(column + 1, row + 1, dx - 1, dy - 1),
      right,
    );
    // With unit gradients the noise reaches ±1/√2, in the middle of a cell.
    return Math.SQRT2 * mix(upper, lower, down);
  };
}

/** Perlin's curve of 2002, flat to the second order at both ends. */
const fade = (t: number) => t ** 3 * (t * (6 * t - 15) + 10);

const mix = (a: number, b: number, part: number) => a + part * (b - a);

/** Noise over an image, its lattice at a random place. */
function noiseImage(
  random: RandomGenerator,
  { width, height }: { width: number; height: number },
  cell: number,
): (pixel: number) => number {
  const [x0, y0] = [uniform(random, 0, 1), uniform(random, 0, 1)];
  const cells = (pixels: number) => Math.ceil(pixels / cell) + 1;
  const noise = perlinNoise(random, cells(width), cells(height));
  return (pixel) =>
    noise(
      x0 + (pixel % width) / cell,
      y0 + Math.floor(pixel / width) / cell,
    );
}

/**
 * Patches of another texture, as in DRAEM (Zavrtanik et al., ICCV 2021):
 * where coarse Perlin noise is above 0.5, the picture is blended
 * with a texture, value·(1 − β) + texture·β. DRAEM takes textures from a
 * photo collection; here fine Perlin noise, scaled to 0 to 1, is the texture.
 *
 * @param picture left as it is
 * @param random where the randomness comes from; it moves on
 * @param options
 * @param options.cell the coarse noise's lattice spacing, in pixels; default:
 * 8 to 16, one to a few patches of about half that width in a digit (DRAEM's
 * finer ones would be specks at MNIST's size)
 * @param options.contrast β, 0 to 1; default: 0.5 to 1
 * @throws {RangeError} when no patch fits, or the picture is none
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { anomalyStream } from "../../support/random.ts";
 *
 * const picture = { pixels: new Float32Array(784), width: 28 };
 * const { image, mask } = perlin(picture, anomalyStream(0));
 * assertEquals(image.every((value, i) => mask[i] === 1 || value <= 0.1), true);
 * ```
 */
export function perlin(
  picture: Picture,
  random: RandomGenerator,
  { cell = [8, 16], contrast = [0.5, 1] }: {
    cell?: Range;
    contrast?: Range;
  } = {},
): Anomaly {
  const size = pictureSize(picture);
  return drawUntilItFits(picture, () => {
    const patch = noiseImage(random, size, uniform(random, ...cell));
    const texture = noiseImage(random, size, TEXTURE_CELL);
    const blend = uniform(random, ...contrast);
    return picture.pixels.map((value, i) => {
      const pixel = Math.floor(i / size.channels);
      if (patch(pixel) <= THRESHOLD) return value;
      return mix(value, (texture(pixel) + 1) / 2, blend);
    });
  });
}
