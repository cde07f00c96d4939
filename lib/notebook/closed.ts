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

/**
 * What stands for a result that one cell computes and later ones show. The
 * notebook's first cell sets it back to this: after a cell that was skipped,
 * stopped or failed the later ones would else show the result of the run before.
 *
 * @example In a notebook's first cell; a later one has `benchmark = …`
 * ```ts
 * import { assertThrows } from "@std/assert";
 *
 * let benchmark = notComputed<{ caption: string }>();
 * assertThrows(() => benchmark.caption, Error, "run the cells above");
 * benchmark = { caption: "computed" };
 * ```
 */
export function notComputed<T extends object>(): T {
  return closed("this is not computed yet: run the cells above, in order");
}
