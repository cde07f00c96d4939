import { ROOT } from "../support/process.ts";

/**
 * The project's own modules that a module imports, those in examples aside.
 *
 * @param path from the project's folder
 * @returns paths from there, in the order of the text
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(importsOf("lib/support/sha256.ts"), []);
 * ```
 */
export function importsOf(path: string): string[] {
  const code = Deno.readTextFileSync(`${ROOT}${path}`)
    .replace(/\/\*[\s\S]*?\*\//g, "");
  const found = code.matchAll(/\b(?:from|import\()\s*"(\.[^"]+\.ts)"/g);
  return [...found].map(([, target]) =>
    new URL(target, `file:///${path}`).pathname.slice(1)
  );
}

/** Paths of all files below a folder, from the project's folder, in order. */
export function filesBelow(folder: string): string[] {
  return [...Deno.readDirSync(`${ROOT}${folder}`)]
    .flatMap(({ name, isDirectory }) =>
      isDirectory ? filesBelow(`${folder}/${name}`) : [`${folder}/${name}`]
    ).sort();
}

/**
 * Finds which of some modules import another, or something that imports it.
 *
 * @param modules paths from the project's folder
 */
export function dependentsAmong(
  modules: readonly string[],
): (path: string) => string[] {
  const near = new Map(modules.map((module) => {
    const direct = importsOf(module);
    return [module, new Set([...direct, ...direct.flatMap(importsOf)])];
  }));
  return (path) => modules.filter((module) => near.get(module)!.has(path));
}
