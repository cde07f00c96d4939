import { assert, assertEquals, assertThrows } from "@std/assert";
import { fileURLToPath } from "node:url";

/**
 * Pages quote records between `<!-- data/results/… -->` and `<!-- end -->`;
 * docs/architecture.md says how. After new records,
 * `UPDATE_DOCS=1 deno task test tests/docs_test.ts` writes the tables anew.
 */
const ROOT = fileURLToPath(new URL("../", import.meta.url));
const QUOTE = /<!-- (data\/results\/[^>]*?) -->\n([\s\S]*?)<!-- end -->/g;

const PAGES = [
  "README.md",
  "data/README.md",
  "data/models/README.md",
  ...[...Deno.readDirSync(`${ROOT}docs`)].map(({ name }) => `docs/${name}`),
];

type Row = string[];

/** A table: its headers, its columns' alignment, and its rows. */
interface Table {
  headers: Row;
  rule: Row;
  rows: Row[];
}

const read = (path: string) => Deno.readTextFileSync(`${ROOT}${path}`);

const cellsOf = (line: string): Row =>
  line.split("|").slice(1, -1).map((cell) => cell.trim());

const isRule = (row: Row) => row.every((cell) => /^:?-+:?$/.test(cell));

/** All tables of a Markdown text. */
function tablesOf(text: string): Table[] {
  return (text.match(/(?:^\|.*\|$\n?)+/gm) ?? []).map((block) => {
    const [headers, rule, ...rows] = block.trim().split("\n").map(cellsOf);
    assert(isRule(rule), `no table: ${block.split("\n")[0]}`);
    return { headers, rule, rows };
  });
}

/** The places of some headers in all, from left to right; undefined if not. */
function columns(some: Row, all: Row): number[] | undefined {
  let at = -1;
  const places = some.map((header) => at = all.indexOf(header, at + 1));
  // A header that is not there starts the search anew, and so breaks the order.
  return places.every((place, i) => place > (places[i - 1] ?? -1))
    ? places
    : undefined;
}

/** What names a row: its first cell and those of the columns of text. */
const keyOf = (row: Row, rule: Row) =>
  row.filter((_, i) => i === 0 || !rule[i].endsWith(":")).join(" | ");

/** The rows that a quoted table should have, as the record has them. */
function recorded(quoted: Table, record: string, name: string): Row[] {
  const source = tablesOf(record).find(({ headers }) =>
    columns(quoted.headers, headers)
  );
  if (!source) throw new Error(`${name} has no table with these headers`);
  const places = columns(quoted.headers, source.headers)!;
  const rows = source.rows.map((row) => places.map((place) => row[place]));
  return quoted.rows.map((row) => {
    const key = keyOf(row, quoted.rule);
    const found = rows.find((other) => keyOf(other, quoted.rule) === key);
    if (!found) throw new Error(`${name} has no row "${key}"`);
    return found;
  });
}

/** The text of a record; from a phrase on, where one follows a `#`. */
function recordOf(source: string): string {
  const [path, phrase = ""] = source.split("#");
  const text = read(path);
  assert(text.includes(phrase), `${path} does not say "${phrase}"`);
  return text.slice(text.indexOf(phrase));
}

/** The records that a quotation names. */
const sourcesOf = (names: string) => names.split(/ (?=data\/results\/)/);

/** Whether a quoted table is a part of one in a single record. */
const isOneTable = (names: string) =>
  sourcesOf(names).length === 1 && !names.endsWith(".json");

/** Numbers with a point; `−` is a minus. */
const numbersIn = (text: string): string[] =>
  text.replaceAll("−", "-").match(/(?<![\d.])-?\d+\.\d+(?![\d.])/g) ?? [];

/** Whether a number is in a record, in as many digits as it is quoted with. */
function stands(number: string, path: string, record: string): boolean {
  if (!path.endsWith(".json")) return numbersIn(record).includes(number);
  const digits = number.split(".")[1].length;
  const values: string[] = record.match(/-?\d+(?:\.\d+)?(?:e-?\d+)?/g) ?? [];
  return values.some((value) => Number(value).toFixed(digits) === number);
}

const lineOf = (row: Row) => `| ${row.join(" | ")} |`;

/** The page with its quoted tables written anew. */
function updated(page: string): string {
  return page.replace(QUOTE, (quote, source: string, text: string) => {
    const [table] = tablesOf(text);
    if (!table || !isOneTable(source)) return quote;
    const lines = recorded(table, recordOf(source), source).map(lineOf);
    const head = [lineOf(table.headers), lineOf(table.rule)];
    const body = [...head, ...lines].join("\n");
    return `<!-- ${source} -->\n\n${body}\n\n<!-- end -->`;
  });
}

for (const path of PAGES) {
  if (Deno.env.has("UPDATE_DOCS")) {
    Deno.writeTextFileSync(`${ROOT}${path}`, updated(read(path)));
  }
  const page = read(path);

  Deno.test(`${path} quotes its records as they are`, () => {
    for (const [, source, text] of page.matchAll(QUOTE)) {
      assert(text.trim(), `nothing stands between the marks of ${source}`);
      const records = sourcesOf(source)
        .map((file) => ({ file, text: recordOf(file) }));
      const [table] = tablesOf(text);
      if (table && isOneTable(source)) {
        assertEquals(table.rows, recorded(table, records[0].text, source));
      }
      const unknown = numbersIn(text).filter((number) =>
        !records.some(({ file, text }) => stands(number, file, text))
      );
      assertEquals(unknown, [], `not in ${source}`);
    }
  });

  Deno.test(`${path} closes every quotation, and no other`, () => {
    const count = (pattern: RegExp) => [...page.matchAll(pattern)].length;
    const opened = count(/<!-- data\/results\//g);
    assertEquals(opened, count(QUOTE));
    assertEquals(opened, count(/<!-- end -->/g));
  });

  Deno.test(`${path} links to files that are there`, () => {
    const folder = new URL(path, `file://${ROOT}`);
    const gone = [...page.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)]
      .map(([, target]) => target)
      .filter((target) => !/^https?:/.test(target))
      .filter((target) => {
        try {
          Deno.statSync(new URL(target, folder));
          return false;
        } catch {
          return true;
        }
      });
    assertEquals(gone, []);
  });
}

Deno.test("columns() finds headers in their order only", () => {
  assertEquals(columns(["a", "n"], ["a", "n", "b", "n"]), [0, 1]);
  assertEquals(columns(["b", "n"], ["a", "n", "b", "n"]), [2, 3]);
  assertEquals(columns(["n", "a"], ["a", "n"]), undefined);
  assertEquals(columns(["a", "x"], ["a", "n"]), undefined);
});

Deno.test("a number that is not in its record is found", () => {
  const table = "| x | 0.033 | −0.5 |";
  assertEquals(stands("0.033", "t.md", table), true);
  assertEquals(stands("0.034", "t.md", table), false);
  assertEquals(stands("0.33", "t.md", table), false);
  assertEquals(stands("-0.5", "t.md", table), true);
  assertEquals(stands("0.0333", "r.json", '{"a": 0.033333}'), true);
  assertEquals(stands("0.0334", "r.json", '{"a": 0.033333}'), false);
});

Deno.test("a row of a table that differs from its record is found", () => {
  const head = "| k | a | b |\n| :-- | --: | --: |\n";
  const [quoted] = tablesOf("| k | b |\n| :-- | --: |\n| x | 3 |\n");
  assertEquals(recorded(quoted, `${head}| x | 1 | 2 |\n`, "r"), [["x", "2"]]);
});

Deno.test("a table or a row that is not in its record is found", () => {
  const [quoted] = tablesOf("| k | b |\n| :-- | --: |\n| y | 3 |\n");
  const other = "| k | c |\n| :-- | --: |\n| y | 3 |\n";
  assertThrows(() => recorded(quoted, other, "r"), Error, "these headers");
  const without = "| k | b |\n| :-- | --: |\n| x | 3 |\n";
  assertThrows(() => recorded(quoted, without, "r"), Error, 'no row "y"');
});
