import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  classDifference,
  type ClassedRun,
  classTest,
} from "../../../lib/studies/agreement/by_class.ts";
import { classOf } from "../../class_fixture.ts";
import {
  areCrossed,
  crossedPairs,
  crossOver,
  lessControl,
  noveltyEffect,
} from "../../../lib/studies/agreement/cross_over.ts";

/** Ten digits that differ among themselves, with what novelty adds to each. */
const run = (isNovel: (label: number) => boolean, novelty: number, all = 0) =>
  [3, 9, 1, 7, 2, 8, 4, 0, 6, 5].map((own, label) =>
    classOf(
      label,
      isNovel(label),
      own / 10,
      own + all + (isNovel(label) ? novelty : 0),
    )
  );
const high = (label: number) => label > 4;
const low = (label: number) => label <= 4;

Deno.test("crossOver() finds what novelty adds, whatever classes differ by and a run adds to all", () => {
  for (const novelty of [-0.25, 0.5]) {
    const [a, b] = [run(high, novelty), run(low, novelty, 3)];
    // Alone, a run does not tell it from what its classes differ by.
    assertEquals(classTest(a, "meanAgreement") > 0.4, true);
    for (const [one, other] of [[a, b], [b, a]]) {
      const crossed = crossOver(one, other);
      assertAlmostEquals(
        noveltyEffect(crossed, "meanAgreement"),
        novelty,
        1e-12,
      );
      // All five on one side: 2 of the 252 ways are as far apart.
      assertEquals(classTest(crossed, "meanAgreement"), 2 / 252);
    }
  }
});

Deno.test("crossOver() finds nothing where novelty adds nothing", () => {
  const crossed = crossOver(run(high, 0), run(low, 0, 2));
  assertEquals(noveltyEffect(crossed, "meanAgreement"), 0);
  assertEquals(classTest(crossed, "majorityShare"), 1);
  assertEquals(
    crossed.map(({ novel }) => novel),
    run(high, 0).map((c) => c.novel),
  );
});

Deno.test("crossedPairs() takes runs of one model, gradient, seed, length and kind of statistics, and no others", () => {
  const of = (
    name: string,
    isNovel: (label: number) => boolean,
    settings: Partial<ClassedRun>,
  ) => ({
    ...{ name, k: 10, gradient: "exact", seed: 0, statistics: "validation" },
    ...settings,
    classes: run(isNovel, 0),
  });
  const pairs = crossedPairs([
    of("a", high, { epochs: 50 }),
    of("b", high, { epochs: 90 }),
    of("other gradient", low, { epochs: 50, gradient: "as-published" }),
    of("other model", low, { epochs: 50, model: "dense" }),
    of("other seed", low, { epochs: 50, seed: 1 }),
    of("other statistics", low, { epochs: 50, statistics: "training" }),
    of("learnt elsewhere", low, { epochs: 50, learnt: "0 of mnist" }),
    of("c", low, { epochs: 50 }),
    of("no epochs", low, {}),
    of("none either", high, {}),
    of("d", low, { epochs: 90 }),
    of("e", high, { epochs: 50 }),
  ]);
  assertEquals(
    pairs.map((pair) => pair.map(({ name }) => name)),
    [["a", "c"], ["b", "d"], ["c", "e"]],
  );
});

Deno.test("crossOver() refuses runs in which a class is novel in both, in neither, or missing", () => {
  const a = run(high, 0);
  const others = [a, run(() => true, 0), run(low, 0).slice(1), []];
  for (const other of others) {
    assertEquals(areCrossed(a, other), false);
    assertThrows(() => crossOver(a, other), RangeError, "each novel in one");
  }
});

/** Of a model to which no class is novel, with the flags of the run. */
const control = (all: number) => run(high, 0, all);

Deno.test("lessControl() leaves what novelty adds, whatever classes differ by and a model adds to all", () => {
  for (const novelty of [-0.25, 0.5]) {
    const less = lessControl(run(high, novelty), control(3));
    assertAlmostEquals(classDifference(less, "meanAgreement"), novelty, 1e-12);
    assertEquals(classTest(less, "meanAgreement"), 2 / 252);
    assertEquals(
      less.map(({ novel }) => novel),
      run(high, 0).map((c) => c.novel),
    );
  }
});

Deno.test("lessControl() refuses other classes, and those that are normal in just one of the two", () => {
  for (const other of [control(0).slice(1), run(low, 0)]) {
    assertThrows(
      () => lessControl(run(high, 0), other),
      RangeError,
      "normal and novel as in the run",
    );
  }
});
