import { assertEquals, assertMatch } from "@std/assert";
import type { RunEvent } from "../../lib/training/run.ts";
import {
  stepLine,
  stepLines,
  trainingDisplay,
} from "../../lib/notebook/training_display.ts";
import { withJupyter } from "./fake_jupyter.ts";

Deno.test("stepLine() tells the time left in seconds, minutes and hours", () => {
  // The 4 steps left take as long as the 4 done.
  const left = (milliseconds: number) =>
    stepLine({ epoch: 1, step: 4, stepsPerEpoch: 8, loss: 1 }, {
      ...{ epochs: 1, steps: 4, milliseconds },
    }).match(/about (.*) left/)![1];
  assertEquals([59_000, 90_000, 7_199_000].map(left), [
    ...["59 s", "1 min 30 s", "2 h 0 min"],
  ]);
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

Deno.test("stepLines() gives the fourth step, then one a second at most, at the pace of all steps", () => {
  let time = 0;
  const lineOf = stepLines(1, () => 1000 * time);
  const lines = [2, 4, 6, 8, 8.5, 8.999, 9, 9.5, 10].map((seconds, i) => {
    time = seconds;
    const line = lineOf({ epoch: 1, step: i + 1, stepsPerEpoch: 20, loss: 1 });
    return line?.match(/about (.*) left/)?.[1];
  });
  // 16 steps of 2 s; 13 of 9/7 s; 11 of 10/9 s.
  const [a, b, c] = ["32 s", "17 s", "12 s"];
  const none = undefined;
  assertEquals(lines, [none, none, none, a, none, none, b, none, c]);
});

for (const [before, text] of [[0, "2 epochs"], [1, "1 epoch"]] as const) {
  Deno.test(`trainingDisplay() draws the losses of each epoch, and tells at the end that ${text} were done`, () =>
    withJupyter(async (shown) => {
      const show = trainingDisplay(2);
      const losses = { training: 0.5, validation: 0.6 };
      await show({
        ...{ kind: "start", epoch: before, stepsPerEpoch: 1 },
        ...{ trainingImages: 2, validationImages: 2 },
      });
      for (let epoch = before + 1; epoch <= 2; epoch++) {
        const history = Array(epoch).fill(losses);
        await show(
          { kind: "epoch", epoch, losses, state: { history } } as RunEvent,
        );
      }
      const curves = shown.filter(({ data }) => data["image/png"]);
      assertEquals(curves.length, 2 - before);
      assertEquals(new Set(curves.map(({ id }) => id)).size, 1);
      assertMatch(
        shown.at(-1)!.data["text/plain"] as string,
        new RegExp(`^${text} done in \\d+ s\\.$`),
      );
    }));
}
