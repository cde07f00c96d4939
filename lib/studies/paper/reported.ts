import {
  majorityShare,
  mostFrequent,
  type Results,
} from "../agreement/results.ts";
import type { Groups } from "../agreement/groups.ts";

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

/** One kind of number the paper prints, for both groups. */
export interface PrintedNumber {
  /** Where: a table or a finding. */
  place: string;
  what: string;
  /** Digits after the point. */
  digits: number;
  paper: Groups<number>;
  /** The same of a run. */
  ours: (results: Results) => Groups<number>;
}

const both = <T, U>({ normal, novel }: Groups<T>, f: (value: T) => U) => ({
  normal: f(normal),
  novel: f(novel),
});

const rest = (share: number) => 1 - share;

/** Table 1's two rows of one K: the minority and the majority. */
function tableOne(k: 5 | 10): PrintedNumber[] {
  const half = Math.floor(k / 2);
  const share = ({ agreement }: Results) => both(agreement[k], majorityShare);
  return [
    {
      place: "Table 1",
      what: `share with top-${k} agreement 0–${half}`,
      digits: 2,
      paper: both(PAPER.majorityShare[k], rest),
      ours: (results) => both(share(results), rest),
    },
    {
      place: "Table 1",
      what: `share with top-${k} agreement ${half + 1}–${k}`,
      digits: 2,
      paper: PAPER.majorityShare[k],
      ours: share,
    },
  ];
}

const distance = (k: 5 | 10): PrintedNumber => ({
  place: "Finding 5",
  what: `mean maximum distance, K = ${k}, pixels`,
  digits: 2,
  paper: PAPER.maxDistance[k],
  ours: ({ maxDistance }) => maxDistance[k],
});

/** Every number the paper prints, 18 in all; runs need K = 5 and 10. */
export const PRINTED: readonly PrintedNumber[] = [
  ...tableOne(5),
  ...tableOne(10),
  {
    place: "Finding 3",
    what: "most frequent top-10 agreement",
    digits: 0,
    paper: PAPER.mostFrequent[10],
    ours: ({ agreement }) => both(agreement[10], mostFrequent),
  },
  distance(5),
  distance(10),
  {
    place: "Finding 6",
    what: "MSE, saliency and error map",
    digits: 4,
    paper: PAPER.mapMse.saliency,
    ours: ({ mapMse }) => mapMse.saliency,
  },
  {
    place: "Finding 6",
    what: "MSE, squared saliency and error map",
    digits: 4,
    paper: PAPER.mapMse.squaredSaliency,
    ours: ({ mapMse }) => mapMse.squaredSaliency,
  },
];
