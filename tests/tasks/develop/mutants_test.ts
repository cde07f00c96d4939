import { assert, assertEquals, assertNotEquals } from "@std/assert";
import {
  applyMutant,
  mutants,
  sample,
} from "../../../tasks/develop/mutants.ts";

const changes = (source: string) =>
  mutants(source).map(({ before, after }) => `${before} -> ${after}`);

Deno.test("mutants() changes comparisons, arithmetic and logic", () => {
  const pairs = [
    ...[["<", "<="], ["<=", "<"], [">", ">="], [">=", ">"]],
    ...[["===", "!=="], ["!==", "==="], ["+", "-"], ["-", "+"]],
    ...[["*", "/"], ["/", "*"], ["&&", "||"], ["||", "&&"]],
  ];
  for (const [before, after] of pairs) {
    assertEquals(changes(`x = a ${before} b;`), [`${before} -> ${after}`]);
  }
});

Deno.test("mutants() changes values, Math.min, negations and calls", () => {
  assertEquals(changes("x = [0, 1.5, 0x10];"), [
    ...["0 -> 1", "1.5 -> 2.5", "0x10 -> 17"],
  ]);
  assertEquals(changes("x = [true, false];"), [
    ...["true -> false", "false -> true"],
  ]);
  assertEquals(changes("x = Math.min(a, Math.max(b, c));"), [
    ...["Math.min -> Math.max", "Math.max -> Math.min"],
  ]);
  assertEquals(changes("x = !ready;"), ["!ready -> ready"]);
  assertEquals(changes("if (a) dispose();"), ["dispose(); -> ;"]);
  assertEquals(changes("await close();"), ["await close(); -> ;"]);
});

Deno.test("mutants() says where, and the text differs there alone", () => {
  const source = "/** One. */\nconst two = 2;\n\n  f(two, 3);\n";
  assertEquals(
    mutants(source).map((mutant) => [
      ...[mutant.line, mutant.column, applyMutant(source, mutant)],
    ]),
    [
      [2, 13, "/** One. */\nconst two = 3;\n\n  f(two, 3);\n"],
      [4, 3, "/** One. */\nconst two = 2;\n\n  ;\n"],
      [4, 10, "/** One. */\nconst two = 2;\n\n  f(two, 4);\n"],
    ],
  );
});

Deno.test("strings, comments, types, imports and throws have no mutants", () => {
  const sources = [
    'import a, { b } from "./a < 1.ts";',
    'export { c } from "./c.ts";',
    'x = "1 + 2 < 3 && true";',
    "x = `1 < 2`;",
    'x = a + " of " + b;',
    "// 1 < 2\n/** `true && f(1)` */",
    "type Bit = 0 | 1 | true;",
    "interface Pair { length: 2; both: false }",
    "let x: Array<0 | 1> = y as unknown as 3[];",
    "throw new RangeError(`${k + 1} is not < 2`);",
    "const x = { 1: a };",
    "class A extends B { constructor() { super(); } }",
    "const first = x!;",
  ];
  for (const source of sources) assertEquals(changes(source), [], source);
});

Deno.test("sample() draws the same for a seed, in order, and no item twice", () => {
  const items = Array.from({ length: 100 }, (_, i) => i);
  const drawn = sample(items, { count: 10, seed: 1 });
  assertEquals(sample(items, { count: 10, seed: 1 }), drawn);
  assertNotEquals(sample(items, { count: 10, seed: 2 }), drawn);
  assertEquals(new Set(drawn).size, 10);
  assert(drawn.every((item, i) => i === 0 || item > drawn[i - 1]));
  assertEquals(sample(items, { count: 1000, seed: 1 }), items);
});
