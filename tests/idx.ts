/** An IDX file of bytes, as MNIST's. */
export function idx(
  shape: number[],
  values: ArrayLike<number>,
): Uint8Array<ArrayBuffer> {
  const header = shape.flatMap((n) => [n >> 24, n >> 16, n >> 8, n]);
  return Uint8Array.from([
    ...[0, 0, 8, shape.length],
    ...header,
    ...Array.from(values),
  ]);
}
