/** Type checks notebooks, as VS Code does: all code cells as one program. */
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import type { Notebook } from "./check.ts";

const ROOT = new URL("../../", import.meta.url);

/**
 * The code cells of a notebook as one module, that can lie anywhere.
 *
 * @param notebook with cells that import the library as "../lib/mod.ts"
 */
export function joinedCells({ cells }: Notebook): string {
  return cells.filter(({ cell_type }) => cell_type === "code")
    .map(({ source }) => [source].flat().join(""))
    .join("\n\n")
    .replaceAll('"../lib/mod.ts"', `"${new URL("lib/mod.ts", ROOT).href}"`);
}

/**
 * What `deno check` finds wrong.
 *
 * @param notebooks by name
 * @returns its messages; empty when all are right
 */
export async function typeErrors(
  notebooks: Record<string, Notebook>,
): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    const files = await Promise.all(
      Object.entries(notebooks).map(async ([name, notebook]) => {
        const file = join(folder, `${name}.ts`);
        await Deno.writeTextFile(file, joinedCells(notebook));
        return file;
      }),
    );
    const config = fileURLToPath(new URL("deno.json", ROOT));
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "-q", "--no-lock", "--config", config, ...files],
      env: { NO_COLOR: "1" },
    }).output();
    return success ? "" : new TextDecoder().decode(stderr).trim();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
