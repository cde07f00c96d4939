/** The memory of a program and all that it started. */

/**
 * Memory of a process and its descendants now, MB; 0 where the system does
 * not say. Pages that several share count once in all.
 */
export function treeMemory(pid: number): number {
  const pids = [pid, ...descendants(pid)];
  // The kernel's own peak of one process; a sum has to be caught as it is.
  const peak = kilobytes(`/proc/${pid}/status`, "VmHWM");
  const sum = pids.length === 1 ? 0 : pids
    .map((each) => kilobytes(`/proc/${each}/smaps_rollup`, "Pss"))
    .reduce((a, b) => a + b, 0);
  return Math.max(peak, sum) / 1000;
}

function descendants(pid: number): number[] {
  try {
    const children = [...Deno.readDirSync(`/proc/${pid}/task`)]
      .flatMap(({ name }) =>
        Deno.readTextFileSync(`/proc/${pid}/task/${name}/children`)
          .split(" ").filter(Boolean).map(Number)
      );
    return children.flatMap((child) => [child, ...descendants(child)]);
  } catch {
    return []; // It has ended meanwhile.
  }
}

function kilobytes(path: string, field: string): number {
  try {
    const text = Deno.readTextFileSync(path);
    // A process that has ended but was not waited for has no such field.
    return Number(
      text.match(new RegExp(`^${field}:\\s+(\\d+)`, "m"))?.[1] ?? 0,
    );
  } catch {
    return 0;
  }
}
