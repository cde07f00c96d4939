import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";

/** The rooms of lib/, in the order in which data goes through them. */
const ROOMS = [
  ...["support", "tensor", "statistics", "data", "weights", "model"],
  ...["training", "maps", "metrics", "studies", "figures", "report"],
  "notebook",
];

const LIB = fileURLToPath(new URL("../lib/", import.meta.url));

/** Paths of all modules below a folder, from lib/. */
function modules(folder = ""): string[] {
  return [...Deno.readDirSync(`${LIB}${folder}`)].flatMap((entry) =>
    entry.isDirectory
      ? modules(`${folder}${entry.name}/`)
      : entry.name.endsWith(".ts")
      ? [`${folder}${entry.name}`]
      : []
  );
}

/** The modules of lib/ that each one imports; examples in comments aside. */
const imports = new Map(
  modules().map((path) => {
    const code = Deno.readTextFileSync(`${LIB}${path}`)
      .replace(/\/\*[\s\S]*?\*\//g, "");
    const found = code.matchAll(/\b(?:from|import\()\s*"(\.[^"]+\.ts)"/g);
    return [
      path,
      [...found].map(([, target]) =>
        new URL(target, `file:///${path}`).pathname.slice(1)
      ),
    ];
  }),
);

const room = (path: string) => path.split("/")[0];

Deno.test("every module of lib/ but mod.ts is in a room", () => {
  const outside = modules().filter((path) => !ROOMS.includes(room(path)));
  assertEquals(outside, ["mod.ts"]);
});

Deno.test("a room of lib/ imports only rooms before it", () => {
  const against = [...imports].flatMap(([path, targets]) =>
    targets.filter((target) =>
      path !== "mod.ts" &&
      ROOMS.indexOf(room(target)) > ROOMS.indexOf(room(path))
    ).map((target) => `${path} imports ${target}`)
  );
  assertEquals(against, []);
});

Deno.test("no module of lib/ imports itself, not even by way of others", () => {
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, way: string[]) => {
    if (way.includes(path)) {
      circles.push([...way.slice(way.indexOf(path)), path].join(" → "));
    }
    if (done.has(path) || way.includes(path)) return;
    for (const target of imports.get(path) ?? []) visit(target, [...way, path]);
    done.add(path);
  };
  for (const path of imports.keys()) visit(path, []);
  assertEquals(circles, []);
});

Deno.test("lib/ reads no flags, prints nothing, and knows no task", () => {
  const loud = modules().filter((path) => {
    const code = Deno.readTextFileSync(`${LIB}${path}`)
      .replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
    return /\bconsole\.|\bDeno\.(args|exit|env)\b|tasks\//.test(code);
  });
  assertEquals(loud, []);
});
