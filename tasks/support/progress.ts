import cliProgress from "cli-progress";
import process from "node:process";
import { setImmediate } from "node:timers/promises";
import type { OnProgress } from "../../lib/support/progress.ts";
import { duration } from "../../lib/support/duration.ts";

/** A progress bar with the time left, on standard error. */
export interface Progress {
  update: (done: number, note?: string) => void;
  stop: () => void;
}

/**
 * Starts a progress bar. Where standard error is no terminal, a line every
 * ten seconds takes its place.
 *
 * @param title what is being done
 * @param total how much there is to do
 */
export function startProgress(title: string, total: number): Progress {
  const bar = new cliProgress.SingleBar({
    format: `${title} {bar} {percentage}% | {left} left | {note}`,
    stream: process.stderr,
    noTTYOutput: true,
    notTTYSchedule: 10_000,
    hideCursor: true,
    barsize: 24,
    gracefulExit: false,
  }, cliProgress.Presets.shades_classic);
  const start = performance.now();
  bar.start(total, 0, { left: "?", note: "" });
  // Else a process that ends here leaves the terminal without its cursor.
  const end = () => bar.stop();
  globalThis.addEventListener("unload", end);
  return {
    update(done, note = "") {
      const elapsed = (performance.now() - start) / 1000;
      const left = done > 0 ? duration(elapsed / done * (total - done)) : "?";
      bar.update(done, { left, note });
    },
    stop() {
      globalThis.removeEventListener("unload", end);
      bar.stop();
    },
  };
}

/**
 * Shows how far a study of lib/ is, in a progress bar.
 *
 * @param title beside the bar
 * @param study called with what it is to call as it goes on
 */
export async function withProgress<T>(
  title: string,
  study: (onProgress: OnProgress) => Promise<T>,
): Promise<T> {
  const progress = startProgress(title, 1);
  try {
    return await study(async (share, label) => {
      progress.update(share, label);
      // Lets the progress bar and Ctrl-C have their turn.
      await setImmediate();
    });
  } finally {
    progress.stop();
  }
}
