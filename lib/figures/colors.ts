import { scheme } from "vega";

/** Okabe & Ito's colours, distinct with every kind of colour vision. */
export const GROUP_COLORS = { normal: "#0072B2", novel: "#D55E00" } as const;

/** Red, green and blue, 0 to 255. */
export type Rgb = [number, number, number];

/** A colour for every value from 0 to 1; values outside get the end's colour. */
export type Colormap = (value: number) => Rgb;

const clamp = (value: number) => Math.min(1, Math.max(0, value));

/** Black to white, for images. */
export const gray: Colormap = (value): Rgb => {
  const level = Math.round(255 * clamp(value));
  return [level, level, level];
};

/** Perceptually even, dark to bright, for maps. */
export const inferno: Colormap = fromVega("inferno");

const redBlue = fromVega("redblue");

/**
 * For differences from −1 to 1: blue, white at 0, red. With the eyes of
 * colour-blind people as well, the two ends differ.
 */
export const difference: Colormap = (value): Rgb => redBlue((1 - value) / 2);

function fromVega(name: string): Colormap {
  const colors = scheme(name) as unknown as (value: number) => string;
  return (value) => colors(clamp(value)).match(/\d+/g)!.map(Number) as Rgb;
}
