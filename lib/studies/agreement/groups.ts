/** A value for normal images and one for novel images. */
export interface Groups<T> {
  /** Of images of the normal classes. */
  normal: T;
  /** Of all other images. */
  novel: T;
}

/** Both groups by name, in the order of all tables and charts. */
export const GROUPS = ["normal", "novel"] as const;
