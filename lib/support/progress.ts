/**
 * Called as a study goes on, with the share that is done, 0 to 1, and what was
 * worked on. A study waits for the promise, so that a task can hand over to
 * its event loop.
 */
export type OnProgress = (
  share: number,
  label: string,
) => void | Promise<void>;
