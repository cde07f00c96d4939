import { Sentence } from "./sentence.ts";

/**
 * What stands in the place of a value that is not there yet. Every use of it
 * throws one sentence. A notebook's first cell puts it into the variable that
 * later cells read: Deno's kernel runs the queued cells even after a failure or
 * a Stop, and they then find this instead of the values of the run before.
 *
 * @param sentence what every use says
 *
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 *
 * const study = closed<{ caption: string }>("there is no model yet");
 * assertThrows(() => study.caption, Error, "there is no model yet");
 * ```
 */
export function closed<T extends object>(
  sentence: string,
): T {
  const refuse = (): never => {
    throw new Sentence(sentence);
  };
  const traps = {
    ...{ get: refuse, set: refuse, has: refuse, ownKeys: refuse },
    ...{ getOwnPropertyDescriptor: refuse, defineProperty: refuse },
    ...{ deleteProperty: refuse, getPrototypeOf: refuse, apply: refuse },
  };
  return new Proxy(function () {}, traps) as unknown as T;
}
