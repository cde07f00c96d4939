import { assertEquals, assertThrows } from "@std/assert";
import {
  checkSettings,
  differingSetting,
  PAPER,
  PAPER_SETTINGS,
  trainingSplit,
} from "../../lib/training/settings.ts";
import { DataError } from "../../lib/data/dataset.ts";

Deno.test("PAPER_SETTINGS are those of the authors' code", () => {
  assertEquals(PAPER_SETTINGS, {
    epochs: 500,
    batchSize: 256,
    learningRate: 0.01,
  });
});

Deno.test("PAPER is the experiment of Section 3", () => {
  assertEquals(PAPER, {
    ...PAPER_SETTINGS,
    normalClasses: [0, 1, 2, 3, 4],
    ks: [5, 10],
    data: "mnist-data",
    model: "convolutional",
  });
});

for (
  const [name, least, most] of [
    ["seed", 0, 2 ** 32 - 1],
    ["epochs", 1, 100_000],
    ["batchSize", 2, 100_000],
  ] as const
) {
  Deno.test(`checkSettings() takes ${name} from ${least} to ${most}, whole numbers alone`, () => {
    const check = (value: unknown) =>
      checkSettings({
        ...{ ...PAPER_SETTINGS, seed: 0, data: "mnist-data" },
        ...{ normalClasses: [0], [name]: value },
      });
    for (const value of [least, most]) assertEquals(check(value)[name], value);
    for (const value of [least - 1, most + 1, least + 0.5, `${least}`]) {
      assertThrows(() => check(value), Error, name);
    }
  });
}

const GOOD = {
  ...{ ...PAPER_SETTINGS, seed: 0, data: "mnist-data", normalClasses: [0] },
};
const refuses = (key: string, values: unknown[]) => {
  for (const value of values) {
    assertThrows(
      () => checkSettings({ ...GOOD, [key]: value }),
      Error,
      `${key} is`,
    );
  }
};

Deno.test("checkSettings() takes images of 1 to 4096 pixels a side, whole numbers alone", () => {
  const shape = { height: 1, width: 4096, channels: 1 };
  const dense = { ...GOOD, model: "dense" };
  assertEquals(checkSettings({ ...dense, shape }).shape, shape);
  refuses("shape", [
    ...[{ height: 0 }, { width: 4097 }, { width: 1.5 }, { channels: "1" }]
      .map((part) => ({ ...shape, ...part })),
    ...[{ height: 28, width: 28 }, null, 28],
  ]);
});

Deno.test("checkSettings() refuses a shape that the model cannot take", () => {
  const shape = { height: 30, width: 30, channels: 1 };
  refuses("shape", [shape]);
  const dense = { ...GOOD, model: "dense", shape };
  assertEquals(checkSettings(dense).shape, shape);
});

Deno.test("checkSettings() takes 2 to 256 class names, none of them empty", () => {
  const names = (count: number) =>
    Array.from({ length: count }, (_, i) => `${i}`);
  for (const classes of [names(2), names(256)]) {
    assertEquals(checkSettings({ ...GOOD, classes }).classes, classes);
  }
  refuses("classes", [
    ...[names(1), names(257), ["a", ""], ["a", 1], [1, "a"], [], "ab"],
    null,
  ]);
});

Deno.test("differingSetting() compares all but the epochs, and defaults as what they stand for", () => {
  const run = {
    ...{ ...PAPER_SETTINGS, seed: 0, normalClasses: [0, 1] },
    data: "mnist-data",
  };
  const differing = (other: object) =>
    differingSetting(run, { ...run, ...other });
  const shape = { height: 28, width: 28, channels: 1 };
  assertEquals(differing({ model: "convolutional", shape }), undefined);
  assertEquals(differing({ passes: "validation" }), undefined);
  assertEquals(differing({ passes: "none" }), "passes validation, not none");
  assertEquals(differing({ normalClasses: [1, 0], epochs: 1 }), undefined);
  assertEquals(
    differing({ shape: { ...shape, channels: 3 } }),
    "shape 28×28×1, not 28×28×3",
  );
  assertEquals(
    differing({ classes: ["good", "bad", "ugly"] }),
    "classes 0,1,2,3,4,5,6,7,8,9, not good,bad,ugly",
  );
  assertEquals(
    differingSetting(
      { ...run, classes: ["a,b", "c"] },
      { ...run, classes: ["a", "b,c"] },
    ),
    "classes a,b,c, not a,b,c",
  );
  assertEquals(differing({ batchSize: 9 }), "batchSize 256, not 9");
  assertEquals(differing({ learningRate: 1 }), "learningRate 0.01, not 1");
});

Deno.test("trainingSplit() refuses normal images of which none would validate", () => {
  const settings = { ...GOOD, normalClasses: [0, 1] };
  const labels = (zeros: number) => [...Array<number>(zeros).fill(0), 1, 1, 2];
  assertThrows(
    () => trainingSplit(labels(4), settings),
    DataError,
    "6 normal images are too few to train on",
  );
  const { training, validation } = trainingSplit(labels(5), settings);
  assertEquals([training.length, validation.length], [6, 1]);
});
