/** What a notebook was asked to show. */
export interface Shown {
  /** `display_data` at first, then `update_display_data`. */
  kind: string;
  /** By MIME type. */
  data: Record<string, unknown>;
  /** The place. */
  id: string;
}

/** Runs a test as if in a notebook, and collects what would be shown. */
export async function withJupyter(
  test: (shown: Shown[]) => Promise<void>,
): Promise<void> {
  const real = Object.getOwnPropertyDescriptor(globalThis, "Deno")!;
  const shown: Shown[] = [];
  const broadcast = (
    kind: string,
    { data, transient }: {
      data: Shown["data"];
      transient: { display_id: string };
    },
  ) => Promise.resolve(shown.push({ kind, data, id: transient.display_id }));
  // Deno.jupyter itself cannot be replaced.
  const value = Object.create(Deno, { jupyter: { value: { broadcast } } });
  Object.defineProperty(globalThis, "Deno", { ...real, value });
  try {
    await test(shown);
  } finally {
    Object.defineProperty(globalThis, "Deno", real);
  }
}
