import { tf } from "../../lib/tensor/tensorflow.ts";
import type { Software } from "../../lib/studies/agreement/results.ts";
import project from "../../deno.json" with { type: "json" };

/** The project's own version. */
export const VERSION = project.version;

/** The versions that results are recorded with. */
export function softwareInUse(): Software {
  const { binding } = tf.backend() as unknown as {
    binding: { TF_Version: string };
  };
  return { tensorflow: binding.TF_Version, deno: Deno.version.deno };
}
