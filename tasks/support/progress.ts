import { setImmediate } from "node:timers/promises";
import type { OnProgress } from "../../lib/support/progress.ts";
import { startProgress } from "./cli.ts";

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
