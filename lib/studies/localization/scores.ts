import { type Estimate, estimate } from "../../statistics/estimate.ts";
import { mean } from "../../statistics/mean.ts";
import { aupro } from "../../metrics/localization/aupro.ts";
import {
  averagePrecision,
  pooledAveragePrecision,
} from "../../metrics/localization/average_precision.ts";
import {
  pixelAuroc,
  pooledAuroc,
} from "../../metrics/localization/pixel_auroc.ts";
import {
  maskDistance,
  pointingGame,
  topKPrecision,
} from "../../metrics/localization/top_pixels.ts";
import type { RandomGenerator } from "../../support/random.ts";

/** Scores with one number an image. */
export type ImageScore =
  | "pixelAuroc"
  | "averagePrecision"
  | "topKPrecision"
  | "pointingGame"
  | "maskDistance";

/** Scores with one number for the pixels of all images. */
export type PixelScore = "pooledAuroc" | "pooledAveragePrecision" | "aupro";

/** One way to score how well maps find anomalies. */
export type LocalizationScore =
  & {
    /** Its name in tables. */
    label: string;
    lowIsGood: boolean;
    /** Digits after the point in tables. */
    digits: number;
    inTables: boolean;
  }
  & ({
    /** One number an image; the score is their mean. */
    over: "images";
    /** Its key in results. */
    id: ImageScore;
    of: (map: Float32Array, mask: Uint8Array, width: number) => number;
  } | {
    /** One number for the pixels of all images together. */
    over: "pixels";
    /** Its key in results. */
    id: PixelScore;
    of: (
      maps: readonly Float32Array[],
      masks: readonly Uint8Array[],
      width: number,
    ) => number;
  });

const SHARE = { lowIsGood: false, digits: 3, inTables: true } as const;

/** Every score, in the order of a table's columns. */
export const LOCALIZATION_SCORES: readonly LocalizationScore[] = [
  {
    ...SHARE,
    id: "pixelAuroc",
    label: "pixel AUROC",
    over: "images",
    of: pixelAuroc,
  },
  {
    ...SHARE,
    id: "pooledAuroc",
    label: "pooled AUROC",
    over: "pixels",
    of: pooledAuroc,
  },
  {
    ...SHARE,
    id: "averagePrecision",
    label: "average precision",
    over: "images",
    of: averagePrecision,
  },
  {
    ...SHARE,
    id: "pooledAveragePrecision",
    label: "pooled average precision",
    inTables: false,
    over: "pixels",
    of: pooledAveragePrecision,
  },
  // Up to a false-positive rate of 0.3, where chance is 0.15.
  {
    ...SHARE,
    id: "aupro",
    label: "AUPRO",
    over: "pixels",
    of: (maps, masks, width) => aupro(maps, masks, width),
  },
  // Share of the map's top K in the mask; K = size of the mask.
  {
    ...SHARE,
    id: "topKPrecision",
    label: "top-K precision",
    over: "images",
    of: topKPrecision,
  },
  // Share of images whose brightest pixel is in the mask.
  {
    ...SHARE,
    id: "pointingGame",
    label: "pointing game",
    over: "images",
    of: (map, mask, width) => Number(pointingGame(map, mask, width)),
  },
  // The paper's metric 2 with the mask in the error map's place.
  {
    id: "maskDistance",
    label: "distance, pixels",
    lowIsGood: true,
    digits: 2,
    inTables: true,
    over: "images",
    of: maskDistance,
  },
];

/** How well a map finds the anomalies of some images, by score. */
export type MapScores =
  & {
    /** Images scored. */
    images: number;
  }
  & Record<ImageScore, Estimate>
  & Record<PixelScore, number>;

/**
 * Scores a map by every score: the means over images, then the scores of the
 * pixels together.
 *
 * @param maps one an image
 * @param masks one an image, each with an anomaly
 * @param options `width`: pixels in a row; `random`: for the intervals
 */
export function scoreMaps(
  maps: readonly Float32Array[],
  masks: readonly Uint8Array[],
  { width, random }: { width: number; random: RandomGenerator },
): MapScores {
  const overImages = LOCALIZATION_SCORES.flatMap(({ id, over, of }) =>
    over === "images"
      ? [[
        id,
        estimate(maps.map((map, i) => of(map, masks[i], width)), { random }),
      ]]
      : []
  );
  const overPixels = LOCALIZATION_SCORES.flatMap(({ id, over, of }) =>
    over === "pixels" ? [[id, of(maps, masks, width)]] : []
  );
  return {
    images: maps.length,
    ...Object.fromEntries([...overImages, ...overPixels]),
  };
}

/**
 * A map's score, as the mean over the kinds of anomaly.
 *
 * @param kinds the map's scores by kind
 * @param id of a score in {@linkcode LOCALIZATION_SCORES}
 */
export function meanOverKinds(
  kinds: Record<string, MapScores>,
  id: ImageScore | PixelScore,
): number {
  return mean(
    Object.values(kinds).map(({ [id]: score }) =>
      typeof score === "number" ? score : score.mean
    ),
  );
}
