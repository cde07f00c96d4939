import { assertEquals } from "@std/assert";
import { stepLine } from "../../lib/notebook/training_display.ts";

Deno.test("stepLine() tells seconds below 90, and minutes from there on", () => {
  // The 4 steps left take as long as the 4 done.
  const left = (milliseconds: number) =>
    stepLine({ epoch: 1, step: 4, stepsPerEpoch: 8, loss: 1 }, {
      ...{ epochs: 1, steps: 4, milliseconds },
    }).match(/about (.*) left/)![1];
  assertEquals([89_000, 90_000, 120_000].map(left), ["89 s", "2 min", "2 min"]);
});

Deno.test("stepLine() counts the steps of the epochs left at the pace of those done here", () => {
  // Resumed in epoch 3: 2 steps done in 1 s; 8 and two epochs of 10 are left.
  const line = stepLine({ epoch: 3, step: 2, stepsPerEpoch: 10, loss: 0.25 }, {
    ...{ epochs: 5, steps: 2, milliseconds: 1000 },
  });
  assertEquals(
    line,
    "Epoch 3 of 5, step 2 of 10: loss 0.25000; about 14 s left.",
  );
});
