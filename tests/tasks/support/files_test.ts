import { assertRejects } from "@std/assert";
import { loadWeights } from "../../../tasks/support/files.ts";
import { UsageError } from "../../../tasks/support/errors.ts";

Deno.test("loadWeights() refuses a file of 5 GiB before it is read", async () => {
  const path = await Deno.makeTempFile();
  try {
    // Sparse: it takes no room on the disk.
    await Deno.truncate(path, 5 * 2 ** 30);
    await assertRejects(() => loadWeights(path), UsageError, "5120 MiB");
  } finally {
    await Deno.remove(path);
  }
});
