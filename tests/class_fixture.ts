import type { ClassMeasures } from "../lib/studies/agreement/by_class.ts";

/** An invented class of one image. */
export const classOf = (
  label: number,
  novel: boolean,
  majorityShare: number,
  meanAgreement: number,
): ClassMeasures => ({
  ...{ label, novel, images: 1 },
  means: {
    ...{ majorityShare, meanAgreement },
    ...{ maxDistance: 0, reconstructionLoss: 0 },
  },
});
