import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  classDifference,
  classTest,
  measuresByClass,
} from "../../../lib/studies/agreement/by_class.ts";
import type { ImageResult } from "../../../lib/studies/agreement/evaluation.ts";

const row = (label: number, agreement: number): ImageResult => ({
  ...{ index: 0, label, novel: label > 4, reconstructionLoss: label / 10 },
  ...{ agreement: { 10: agreement, 5: 0 }, maxDistance: { 10: label, 5: 1 } },
  mapMse: { saliency: 0, squaredSaliency: 0 },
});

Deno.test("measuresByClass() takes means over the images of each class, in the order of labels", () => {
  const classes = measuresByClass([row(7, 6), row(2, 5), row(7, 9)], 10);
  assertEquals(
    classes.map(({ label, novel, images }) => [label, novel, images]),
    [[2, false, 1], [7, true, 2]],
  );
  // Five of ten pixels are not more than half of them.
  assertEquals(classes[0].means.majorityShare, 0);
  assertEquals(classes[1].means.majorityShare, 1);
  assertEquals(classes[1].means.meanAgreement, 7.5);
  assertEquals(classes[1].means.maxDistance, 7);
  assertAlmostEquals(classes[1].means.reconstructionLoss, 0.7, 1e-12);
});

Deno.test("classTest() counts each class once, however many images it has", () => {
  const few = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((label) => row(label, label));
  const many = [...few, ...Array<ImageResult>(50).fill(row(9, 9))];
  for (const rows of [few, many]) {
    const classes = measuresByClass(rows, 10);
    // Only 0–4 and 5–9 themselves are as far apart.
    assertEquals(classTest(classes, "meanAgreement"), 2 / 252);
  }
});

Deno.test("classTest() draws ways at random where classes are many", () => {
  const classes = Array.from({ length: 26 }, (_, label) => ({
    ...{ label, novel: label >= 13, images: 1 },
    means: {
      ...{ majorityShare: 0, meanAgreement: label },
      ...{ maxDistance: 0, reconstructionLoss: 0 },
    },
  }));
  assertEquals(classTest(classes, "meanAgreement"), 1 / 10_001);
  assertEquals(classTest(classes, "majorityShare"), 1);
});

Deno.test("classDifference() counts each class once, however many images it has", () => {
  const rows = [
    ...Array<ImageResult>(50).fill(row(9, 8)),
    row(6, 4),
    row(0, 1),
  ];
  const classes = measuresByClass(rows, 10);
  assertEquals(classDifference(classes, "meanAgreement"), 6 - 1);
  assertEquals(classDifference(classes, "majorityShare"), 0.5);
});

Deno.test("classTest() needs normal and novel classes, as does classDifference()", () => {
  const classes = measuresByClass([row(1, 3), row(2, 3)], 10);
  assertThrows(() => classTest(classes, "meanAgreement"), RangeError);
  assertThrows(() => classDifference(classes, "meanAgreement"), RangeError);
});
