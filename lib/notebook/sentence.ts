/**
 * What a student should read: one sentence. A notebook shows an error by its
 * stack; this one's stack is the sentence alone.
 */
export class Sentence extends Error {
  /** What Jupyter writes before the sentence. */
  override name = "Note";

  /**
   * Makes its stack the sentence alone.
   *
   * @param message one sentence that says what to do
   */
  constructor(message: string) {
    super(message);
    this.stack = message;
  }
}
