/** A value for normal images and one for novel images. */
export interface Groups<T> {
  normal: T;
  novel: T;
}
