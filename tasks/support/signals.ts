/** The signals that ask a program to end, and what shells expect of it then. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** A signal that asks a program to end. */
export type StopSignal = keyof typeof EXIT_CODES;

/**
 * Listens to Ctrl-C, SIGTERM and SIGHUP, which then no longer end the process.
 *
 * @param listener called with each
 * @returns stops listening when disposed of
 */
export function onSignals(listener: (signal: StopSignal) => void): Disposable {
  const listeners = (Object.keys(EXIT_CODES) as StopSignal[])
    .map((signal) => [signal, () => listener(signal)] as const);
  listeners.forEach((pair) => Deno.addSignalListener(...pair));
  return {
    [Symbol.dispose]: () =>
      listeners.forEach((pair) => Deno.removeSignalListener(...pair)),
  };
}

/**
 * Ends the process in good order on Ctrl-C, SIGTERM and SIGHUP, with the exit
 * code that shells expect (128 and the signal's number).
 *
 * @param say called last
 * @returns stops listening when disposed of
 */
export function onStop(say: () => void): Disposable {
  return onSignals((signal) => {
    // After the listeners that were there before, as those of progress bars.
    globalThis.addEventListener("unload", say);
    Deno.exit(EXIT_CODES[signal]);
  });
}
