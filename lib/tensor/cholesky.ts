import { type Tensor1D, type Tensor3D, tf } from "./tensorflow.ts";

/**
 * The lower-triangular L of L·Lᵀ = A for small matrices: of elementwise
 * operations, so that it can be differentiated (TensorFlow.js has neither
 * determinants nor inverses), about D³/6 of them.
 *
 * @param matrices A, symmetric and positive definite, [K, D, D]
 * @returns `entries[i][j]`, j ≤ i: the number in row i and column j of every
 * L, [K]
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { tf } from "./tensorflow.ts";
 *
 * const [[a], [b, c]] = cholesky(tf.tensor3d([[[4, 6], [6, 10]]]));
 * assertEquals([a, b, c].map((t) => t.dataSync()[0]), [2, 3, 1]);
 * ```
 */
export function cholesky(matrices: Tensor3D): Tensor1D[][] {
  const [count, size] = matrices.shape;
  const columns = tf.unstack(tf.reshape(matrices, [count, size * size]), 1);
  const entries: Tensor1D[][] = [];
  for (let i = 0; i < size; i++) {
    const row: Tensor1D[] = [];
    for (let j = 0; j <= i; j++) {
      let rest = columns[i * size + j] as Tensor1D;
      const above = i === j ? row : entries[j];
      for (let k = 0; k < j; k++) {
        rest = tf.sub(rest, tf.mul(row[k], above[k]));
      }
      row.push(i === j ? tf.sqrt(rest) : tf.div(rest, above[j]));
    }
    entries.push(row);
  }
  return entries;
}
