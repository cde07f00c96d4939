import { assertEquals } from "@std/assert";
import { ROOT } from "../tasks/support/process.ts";
import { filesBelow, importsOf } from "../tasks/develop/imports.ts";

/** The rooms of lib/, in the order in which data goes through them. */
const ROOMS = [
  ...["support", "tensor", "statistics", "data", "weights", "model"],
  ...["training", "maps", "metrics", "studies", "figures", "report"],
  "notebook",
];

/** Paths of all modules, from lib/. */
const modules = () =>
  filesBelow("lib").filter((path) => path.endsWith(".ts")).map(fromLib);

const fromLib = (path: string) => path.replace("lib/", "");

/** The modules of lib/ that each one imports; examples in comments aside. */
const imports = new Map(
  modules().map((path) => [path, importsOf(`lib/${path}`).map(fromLib)]),
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
    const code = Deno.readTextFileSync(`${ROOT}lib/${path}`)
      .replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
    return /\bconsole\.|\bDeno\.(args|exit|env)\b|tasks\//.test(code);
  });
  assertEquals(loud, []);
});
