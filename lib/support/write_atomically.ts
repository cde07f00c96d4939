import { open, rename, rm } from "node:fs/promises";

/**
 * Writes a file atomically: after a failure its earlier contents, if any, are
 * unchanged.
 *
 * @param path of the file; beside it, for a moment, is one whose name ends with
 * ".partial", another for each writer
 * @param contents bytes, or text for UTF-8
 * @throws what the file system says, as on a full disk
 */
export async function writeAtomically(
  path: string,
  contents: Uint8Array | string,
): Promise<void> {
  const partial = `${path}.${crypto.randomUUID().slice(0, 8)}.partial`;
  try {
    const file = await open(partial, "w");
    try {
      await file.writeFile(contents);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
