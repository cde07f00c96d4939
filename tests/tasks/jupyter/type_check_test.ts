import { assertEquals, assertStringIncludes } from "@std/assert";
import * as library from "../../../lib/mod.ts";
import type { Notebook } from "../../../tasks/jupyter/check.ts";
import { joinedCells, typeErrors } from "../../../tasks/jupyter/type_check.ts";

const NOTEBOOKS = new URL("../../../notebooks/", import.meta.url);
const cell = (source: string, cell_type = "code") => ({ cell_type, source });

async function notebooks(): Promise<Record<string, Notebook>> {
  const files = (await Array.fromAsync(Deno.readDir(NOTEBOOKS)))
    .map(({ name }) => name).filter((name) => name.endsWith(".ipynb"));
  return Object.fromEntries(
    await Promise.all(files.map(async (name) => [
      name,
      JSON.parse(await Deno.readTextFile(new URL(name, NOTEBOOKS))),
    ])),
  );
}

Deno.test("joinedCells() takes the code of all cells, and the library from where it is", () => {
  const source = joinedCells({
    cells: [
      cell('import { topK } from "../lib/mod.ts";'),
      cell("# text", "markdown"),
      cell("topK([1], 1);"),
    ],
  });
  assertEquals(source.includes("# text"), false);
  assertStringIncludes(source, '/lib/mod.ts";\n\ntopK([1], 1);');
});

Deno.test("typeErrors() names what VS Code would underline", async () => {
  const wrong = { cells: [cell("const a: number = 1;"), cell('a + "b" - 1;')] };
  assertStringIncludes(await typeErrors({ wrong }), "TS2362");
});

Deno.test("notebooks have no type errors", async () => {
  assertEquals(await typeErrors(await notebooks()), "");
});

Deno.test("notebooks import only values that lib/mod.ts exports", async () => {
  for (const [name, notebook] of Object.entries(await notebooks())) {
    const imports = joinedCells(notebook)
      .matchAll(/^import \{([^}]*)\} from "([^"]*)";/gm);
    for (const [, names, from] of imports) {
      assertStringIncludes(from, "/lib/mod.ts", name);
      const values = names.split(",").map((each) => each.trim())
        .filter((each) => each && !each.startsWith("type "));
      assertEquals(values.filter((each) => !(each in library)), [], name);
    }
  }
});
