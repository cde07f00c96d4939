import { Buffer } from "node:buffer";
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { type Tensor, tf } from "../lib/tensor/tensorflow.ts";
import type { StateDict } from "../lib/weights/state_dict.ts";

/** Asserts that two tensors have one shape and nearly the same numbers. */
export function assertClose(
  actual: Tensor,
  expected: Tensor,
  tolerance: number,
) {
  assertEquals(actual.shape, expected.shape);
  assertNear(actual.dataSync(), expected.dataSync(), tolerance);
}

/** Asserts that two lists have nearly the same numbers, and as many. */
export function assertNear(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
) {
  assertEquals(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++) {
    assertAlmostEquals(actual[i], expected[i], tolerance, `at ${i}`);
  }
}

/** Whether two weights have the same arrays, bit for bit. */
export function haveSameBits(a: StateDict, b: StateDict): boolean {
  return a.size === b.size && [...a].every(([name, { data }]) => {
    const other = b.get(name);
    return other !== undefined && sameBits(data, other.data);
  });
}

/** Whether two arrays have the same bits; much faster than by numbers. */
export function sameBits(a: ArrayBufferView, b: ArrayBufferView): boolean {
  const bytes = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
    new Uint8Array(buffer, byteOffset, byteLength);
  return Buffer.compare(bytes(a), bytes(b)) === 0;
}

/** Runs a function in a tidy and asserts that no tensor outlives it. */
export function assertNoLeak(f: () => void) {
  const before = tf.memory().numTensors;
  tf.tidy(f);
  assertEquals(tf.memory().numTensors, before, "tensors are left over");
}
