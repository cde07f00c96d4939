/** One map as numbers in row order. */
export type MapData = ArrayLike<number>;
