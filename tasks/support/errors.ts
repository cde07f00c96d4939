/** A mistake in how a task was called; ends it with exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** Something went wrong while a task ran; ends it with exit code 1. */
export class RunError extends Error {
  override name = "RunError";
}
