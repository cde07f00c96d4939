import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import {
  jupyterEnvironment,
  jupyterVariables,
} from "../../../tasks/jupyter/lab.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const ENVIRONMENT = `${ROOT}data/cache/jupyter-venv/packages.txt`;
const MODELS = `${ROOT}data/models`;
const SENTENCE = "there is no model yet: run the cell above";

interface Cell {
  outputs: { error?: string; traceback?: string[]; shown?: unknown }[];
}

/** A trial: few images, and one epoch that is trained where no test did before. */
const QUICK = { data: '"mnist"', epochs: "1" };
const STOPPED = { ...QUICK, seed: "4000000004", epochs: "1000" };
const BAD = {
  k: "0",
  normalClasses: "[12]",
  epochs: '"two"',
  seed: "-1",
  gradient: '"wrong"',
};

interface Round {
  notebook: string;
  /** In place of the notebook's own parameters, as code. */
  values: Record<string, string>;
  /** How many seconds after it showed something its second cell is stopped. */
  stop?: number;
  /** Of cells with one of these texts only the imports are run. */
  skip?: readonly string[];
}

const ignore = !await Deno.stat(ENVIRONMENT).then(() => true, () => false);

/** What the code cells show, round by round, all in one kernel. */
async function shownBy(list: Round[]): Promise<Cell[][]> {
  const environment = await jupyterEnvironment();
  const child = new Deno.Command(`${environment}/bin/python`, {
    args: ["tests/tasks/jupyter/notebook_cells.py", `${ROOT}notebooks`],
    cwd: ROOT,
    env: jupyterVariables(environment),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = child.output();
  await new Blob([JSON.stringify(list)]).stream().pipeTo(child.stdin);
  const { code, stdout, stderr } = await output;
  const text = new TextDecoder().decode(stdout).trim();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return text.split("\n").map((line) => JSON.parse(line));
}

async function removeStopped() {
  for await (const { name } of Deno.readDir(MODELS)) {
    if (name.includes("seed4000000004")) await Deno.remove(`${MODELS}/${name}`);
  }
}

/** Every cell shows something, and none an error. */
function assertGood(cells: Cell[]) {
  for (const { outputs } of cells.slice(1)) {
    assert(outputs.length > 0 && !outputs.some(({ error }) => error));
  }
}

/** Every cell after the second says that there is no model, and nothing else. */
function assertNothingShown(cells: Cell[]) {
  for (const { outputs } of cells.slice(2)) {
    assertEquals(
      outputs.map(({ error, traceback }) => ({ error, traceback })),
      [{ error: SENTENCE, traceback: [SENTENCE] }],
    );
  }
}

Deno.test({
  name:
    "after Stop or a bad parameter every later cell of notebooks 2, 3 and 4 says one sentence and shows nothing",
  ignore,
  fn: async () => {
    const [maps, comparison, metrics] = [
      ...["02_maps.ipynb", "03_visual_comparison.ipynb", "04_metrics.ipynb"],
    ];
    const bad = Object.entries(BAD);
    const [good2, bad2, good3, bad3, good, stopped, ...others] = await shownBy([
      { notebook: maps, values: QUICK },
      { notebook: maps, values: { ...QUICK, imageNumber: "-1" } },
      { notebook: comparison, values: QUICK },
      { notebook: comparison, values: { ...QUICK, k: "-1" } },
      { notebook: metrics, values: QUICK },
      { notebook: metrics, values: STOPPED, stop: 2 },
      ...bad.map(([name, value]) => ({
        notebook: metrics,
        values: { ...QUICK, [name]: value },
      })),
    ]);
    await removeStopped();
    assert(JSON.stringify(stopped[1].outputs).includes("Training on"));
    for (const cells of [good2, good3, good]) assertGood(cells);
    for (const cells of [bad2, bad3, stopped, ...others]) {
      assertNothingShown(cells);
    }
    others.forEach(([, { outputs }], i) => {
      const [name] = bad[i];
      assertEquals(outputs.length, 1);
      assert(outputs[0].error?.startsWith(`${name} is `), outputs[0].error);
      assertEquals(outputs[0].traceback, [outputs[0].error]);
    });
  },
});

const NOT_COMPUTED = "this is not computed yet: run the cells above, in order";

/** What cells compute, and how many other cells show something of that. */
const SKIPPED = [
  ["08_sanity_checks", ["sanity = {", "compared = await"], 4],
  ["07_localization", ["benchmark = await", "models = await"], 2],
] as const;

Deno.test({
  name: "where a cell was passed over, those that show what it computes say so",
  ignore,
  fn: async () => {
    const shown = await shownBy(SKIPPED.map(([name, skip]) => ({
      notebook: `${name}.ipynb`,
      values: { ...QUICK, images: "20" },
      skip,
    })));
    shown.forEach((cells, i) => {
      const [name, , dependent] = SKIPPED[i];
      const errors = cells.flatMap(({ outputs }) =>
        outputs.flatMap(({ error }) => error ? [error] : [])
      );
      assertEquals(errors, Array(dependent).fill(NOT_COMPUTED), name);
    });
  },
});

/**
 * Notebooks with a bad parameter, and the sentence of the cells after it. Those
 * of a list share a kernel, where a name is a constant or a variable, not both.
 */
const OPENING = [
  [
    ["05_published_numbers", "k", "0", SENTENCE],
    ["07_localization", "shown", "50", SENTENCE],
    ["08_sanity_checks", "images", "1", SENTENCE],
    ["09_other_models", "model", '"wrong"', SENTENCE],
  ],
  [[
    ...["06_evidence", "folder", '"nowhere"'],
    "there are no runs yet: run the cell above",
  ]],
];

for (const notebooks of OPENING) {
  const names = notebooks.map(([name]) => name);
  Deno.test({
    name: `after a bad parameter the cells of ${
      names.join(", ")
    } that use what the second opens say one sentence`,
    ignore,
    fn: async () => {
      const shown = await shownBy(notebooks.map(([name, parameter, value]) => ({
        notebook: `${name}.ipynb`,
        values: { [parameter]: value },
      })));
      shown.forEach((cells, i) => {
        const [name, , value, sentence] = notebooks[i];
        const [, opening, ...later] = cells.map(({ outputs }) => outputs);
        assertEquals(opening.length, 1, name);
        assert(opening[0].error?.includes(value.replaceAll('"', "")), name);
        assertEquals(opening[0].traceback, [opening[0].error]);
        assert(later.flat().some(({ error }) => error === sentence), name);
        // Notebook 5 has an example that stands alone.
        const alone = name.startsWith("05") ? 1 : 0;
        const others = later.flat().filter(({ shown }) => shown !== undefined);
        assertEquals(others.length, alone, name);
      });
    },
  });
}
