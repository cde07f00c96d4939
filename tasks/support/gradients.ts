import type { Gradient } from "../../lib/model/evaluation_mode.ts";

/** The values of `--gradient`. */
export const GRADIENTS: readonly Gradient[] = ["exact", "as-published"];
