/**
 * Locks a file, or waits for whoever has it locked. Some shared file systems
 * have no locks: there, it is left to the user to start one task at a time.
 *
 * @param file that is open
 * @param onWait called before waiting
 */
export async function lockOrWait(file: Deno.FsFile, onWait: () => void) {
  let isFree: boolean;
  try {
    isFree = await file.tryLock(true);
  } catch {
    return;
  }
  if (isFree) return;
  onWait();
  await file.lock(true);
}
