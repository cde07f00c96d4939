import type { RunEvent } from "../training/run.ts";
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
      `${minutes(1000 * seconds)} on this machine.`,
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
  let shown = -Infinity;
  let [steps, before] = [0, 0];
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
    steps++;
    const now = performance.now();
    // The first steps are slower than the rest, and would tell a wrong time.
    if (steps < 4 || now - shown < 1000) return;
    shown = now;
    const { epoch, step, stepsPerEpoch, loss } = event;
    const stepsLeft = (epochs - epoch + 1) * stepsPerEpoch - step;
    const left = (now - start) / steps * stepsLeft;
    await line(markdownBundle(
      `Epoch ${epoch} of ${epochs}, step ${step} of ${stepsPerEpoch}: loss ` +
        `${loss.toFixed(5)}; about ${minutes(left)} left.`,
    ));
  };
}

const passed = (start: number) => minutes(performance.now() - start);

function minutes(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
