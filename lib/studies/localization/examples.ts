import type { MappedModel } from "../../maps/maps.ts";
import { attributionMaps } from "./benchmark.ts";
import { type MaskedImage, typicalDefect } from "./real_defects.ts";

/** The maps of {@linkcode localizationExamples}, if no others are asked for. */
export const EXAMPLE_MAPS = [
  "reconstruction error",
  "saliency",
  "saliency × error",
  "SSIM error",
] as const;

/** An anomalous image with the maps that are to show where. */
export interface LocalizationExample extends MaskedImage {
  /** Which kind of anomaly. */
  kind: string;
  /** By name, one number a pixel. */
  maps: Record<string, Float32Array>;
}

/**
 * Of each kind of anomaly the image with the median area, and some maps of it.
 *
 * @param model whose maps
 * @param kinds anomalous images by their kind, at least one of each
 * @param options `width`: pixels in a row; `channels`; `seed` of
 * maps with noise, which the benchmark draws in another way; `maps`: their names (default: {@linkcode EXAMPLE_MAPS})
 * @throws {RangeError} when a name is no map's
 */
export function localizationExamples(
  model: MappedModel,
  kinds: Record<string, readonly MaskedImage[]>,
  { maps = EXAMPLE_MAPS, ...options }: {
    width: number;
    channels: number;
    seed: number;
    maps?: readonly string[];
  },
): LocalizationExample[] {
  return Object.entries(kinds).map(([kind, images]) => {
    const { image, mask } = typicalDefect(images);
    const own = maps.map((name) => {
      const [map] = attributionMaps(name, model, [{ image, mask }], options);
      return [name, map] as const;
    });
    return { kind, image, mask, maps: Object.fromEntries(own) };
  });
}
