import type { Dataset } from "../../lib/data/dataset.ts";
import type { RunEvent } from "../../lib/training/run.ts";
import type { StatisticsKind } from "../../lib/training/running_statistics.ts";
import type { RunSettings } from "../../lib/training/settings.ts";
import { type Progress, startProgress } from "./progress.ts";

/** Fewer validation images than these give batch norm statistics by chance. */
const ENOUGH = 32;

/** What is trained, and how it will be measured, where it is. */
interface Trained {
  settings: RunSettings;
  dataset: Dataset;
  statistics?: StatisticsKind;
}

/**
 * Tells on standard error how training goes: on which images at its start, then
 * with a progress bar.
 *
 * @param trained what
 * @returns `show`: to be called with each event; `stop`: at the end, whatever it
 * is; `finished`: the last epoch that was, here or before
 */
export function trainingProgress(trained: Trained): {
  show: (event: RunEvent) => void;
  stop: () => void;
  finished: () => number;
} {
  const { epochs } = trained.settings;
  let [done, finished, stepsPerEpoch, note] = [0, 0, 0, ""];
  let bar: Progress | undefined;
  /** Steps since the start, at the end of an epoch. */
  const until = (epoch: number) => (epoch - done) * stepsPerEpoch;
  return {
    show(event) {
      if (event.kind === "start") {
        [done, finished] = [event.epoch, event.epoch];
        stepsPerEpoch = event.stepsPerEpoch;
        tellImages(trained, event);
        bar = startProgress("training", until(epochs));
      } else if (event.kind === "step") {
        const { epoch, step } = event;
        bar!.update(
          until(epoch - 1) + step,
          `epoch ${epoch} of ${epochs}${note}`,
        );
      } else {
        const { epoch, losses } = event;
        finished = epoch;
        const loss = losses.validation.toFixed(5);
        note = ` (validation loss ${loss} after ${epoch})`;
        bar!.update(
          until(epoch),
          `epoch ${epoch} of ${epochs}, validation loss ${loss}`,
        );
      }
    },
    stop: () => bar?.stop(),
    finished: () => finished,
  };
}

function tellImages(
  { settings, dataset, statistics }: Trained,
  { epoch, trainingImages, validationImages }: Extract<
    RunEvent,
    { kind: "start" }
  >,
) {
  const names = settings.normalClasses.map((label) => dataset.classes[label]);
  const going = epoch > 0 ? `; going on after epoch ${epoch}` : "";
  console.error(
    `training on ${trainingImages} images of ${names}, ` +
      `validating on ${validationImages}${going}`,
  );
  const areUsed = settings.passes !== "none" && statistics !== "precise";
  if (validationImages >= ENOUGH || !areUsed) return;
  console.error(
    `note: ${validationImages} validation images are few for batch ` +
      "norm's running statistics; measure this model with " +
      "`reproduce --statistics precise`, or give more images",
  );
}
