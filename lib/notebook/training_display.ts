import type { RunEvent } from "../training/run.ts";
import { duration } from "../support/duration.ts";
import type { Cost } from "../training/training_cost.ts";
import {
  chartBundle,
  liveDisplay,
  markdownBundle,
  showMarkdown,
} from "./display.ts";
import { trainingCurve } from "../figures/training_curve.ts";

/**
 * Shows what training will cost, in a notebook.
 *
 * @param cost as `trainingCost` estimates it
 */
export async function showTrainingCost(
  { images, steps, seconds }: Cost,
): Promise<void> {
  await showMarkdown(
    `Training on ${images} images, ${steps} steps: about ` +
      `${duration(seconds)} on this machine.`,
  );
}

/**
 * Shows training as it goes, in a notebook: a line with the time left, and
 * under it the losses of the epochs done, as a curve.
 *
 * @param epochs how many there will be
 * @returns a function that takes each event of `runTraining`
 */
export function trainingDisplay(
  epochs: number,
): (event: RunEvent) => Promise<void> {
  const [line, curve] = [liveDisplay(), liveDisplay()];
  const start = performance.now();
  const lineOf = stepLines(epochs);
  let before = 0;
  return async (event) => {
    if (event.kind === "start") {
      before = event.epoch;
      return;
    }
    if (event.kind === "epoch") {
      await curve(await chartBundle(trainingCurve(event.state.history)));
      if (event.epoch < epochs) return;
      const trained = epochs - before;
      const done = trained === 1 ? "1 epoch" : `${trained} epochs`;
      await line(markdownBundle(`${done} done in ${passed(start)}.`));
      return;
    }
    const text = lineOf(event);
    if (text) await line(markdownBundle(text));
  };
}

/**
 * Which steps are worth a line: one a second, from the fourth on, as the first
 * are slower than the rest and would tell a wrong time.
 *
 * @param epochs how many there will be
 * @param now milliseconds, of a clock that starts anywhere
 * @returns a function that takes each step, and gives its `stepLine` or nothing
 */
export function stepLines(
  epochs: number,
  now: () => number = () => performance.now(),
): (step: Step) => string | undefined {
  const start = now();
  let [steps, shown] = [0, -Infinity];
  return (step) => {
    steps++;
    const time = now();
    if (steps < 4 || time - shown < 1000) return;
    shown = time;
    return stepLine(step, { epochs, steps, milliseconds: time - start });
  };
}

/**
 * Where training is, in words.
 *
 * @param event the step that was done last
 * @param done `epochs`: how many there will be; `steps` done here, and the
 * `milliseconds` that they took
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const event = { epoch: 1, step: 10, stepsPerEpoch: 20, loss: 0.5 };
 * assertEquals(
 *   stepLine(event, { epochs: 2, steps: 10, milliseconds: 40_000 }),
 *   "Epoch 1 of 2, step 10 of 20: loss 0.50000; about 2 min 0 s left.",
 * );
 * ```
 */
export function stepLine(
  { epoch, step, stepsPerEpoch, loss }: Step,
  { epochs, steps, milliseconds }: {
    epochs: number;
    steps: number;
    milliseconds: number;
  },
): string {
  const stepsLeft = (epochs - epoch + 1) * stepsPerEpoch - step;
  const left = milliseconds / steps * stepsLeft;
  return `Epoch ${epoch} of ${epochs}, step ${step} of ${stepsPerEpoch}: loss ` +
    `${loss.toFixed(5)}; about ${duration(left / 1000)} left.`;
}

type Step = Pick<
  Extract<RunEvent, { kind: "step" }>,
  "epoch" | "step" | "stepsPerEpoch" | "loss"
>;

const passed = (start: number) => duration((performance.now() - start) / 1000);
