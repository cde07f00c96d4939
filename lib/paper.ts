import type { Groups } from "./results.ts";

/** Numbers as the paper prints them, normal and novel. */
export const PAPER = {
  /** Table 1: share of images that agree on most of the top K. */
  majorityShare: {
    5: { normal: 0.26, novel: 0.19 },
    10: { normal: 0.19, novel: 0.08 },
  } as Record<number, Groups<number>>,
  /** Finding 3: the most frequent top-10 agreement. */
  mostFrequent: {
    10: { normal: 4, novel: 2 },
  } as Record<number, Groups<number>>,
  /** Finding 5: mean maximum distance to best match, pixels. */
  maxDistance: {
    5: { normal: 8.28, novel: 9.25 },
    10: { normal: 8.14, novel: 8.90 },
  } as Record<number, Groups<number>>,
  /** Finding 6: mean squared error between scaled maps. */
  mapMse: {
    saliency: { normal: 0.0303, novel: 0.0305 },
    squaredSaliency: { normal: 0.0071, novel: 0.0072 },
  },
};
