import config from "../../deno.json" with { type: "json" };
import { writeAtomically } from "../support/files.ts";
import { ROOT } from "../support/process.ts";

const JSR = "https://jsr.io/@std/assert/meta.json";
/** The same library, published on npm. */
const ASSERT_ON_NPM = `${config.imports["deno-std"]}/assert/mod.js`;

/**
 * Flags of `deno test` for networks that block JSR, where `@std/assert` comes
 * from npm; none for others.
 *
 * @param folder where the files that they name are written
 */
export async function withoutJsr(folder: string): Promise<string[]> {
  try {
    const response = await fetch(JSR, { signal: AbortSignal.timeout(5000) });
    // A proxy may answer in its place.
    if (!response.ok) throw new Error(response.statusText);
    await response.json();
    return [];
  } catch {
    console.error("tests: JSR cannot be reached; @std/assert comes from npm");
  }
  const imports = { ...config.imports, "@std/assert": ASSERT_ON_NPM };
  await Deno.mkdir(folder, { recursive: true });
  await writeAtomically(
    `${folder}/import_map.json`,
    JSON.stringify({ imports: withSubpaths(imports) }),
  );
  // A copy, so that the exception does not enter the project's own lock file.
  await writeAtomically(
    `${folder}/deno.lock`,
    await Deno.readTextFile(`${ROOT}deno.lock`),
  );
  return [
    // Types of a JavaScript package are only found in this mode.
    "--node-modules-dir=auto",
    `--import-map=${folder}/import_map.json`,
    `--lock=${folder}/deno.lock`,
  ];
}

/** An import map, unlike deno.json, does not imply `name/` for `name`. */
function withSubpaths(imports: Record<string, string>) {
  return Object.fromEntries(
    Object.entries(imports).flatMap(([name, source]) => [
      [name, source],
      [`${name}/`, `${source.replace("npm:", "npm:/")}/`],
    ]),
  );
}
