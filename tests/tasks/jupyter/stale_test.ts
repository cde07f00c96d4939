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

async function rounds(
  notebook: string,
  list: { values: Record<string, string>; stop?: number }[],
): Promise<Cell[][]> {
  const environment = await jupyterEnvironment();
  const child = new Deno.Command(`${environment}/bin/python`, {
    args: ["tests/tasks/jupyter/notebook_cells.py", notebook],
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

Deno.test({
  name:
    "after Stop or a bad parameter every later cell of notebook 4 says one sentence and shows nothing",
  ignore: !await Deno.stat(ENVIRONMENT).then(() => true, () => false),
  fn: async () => {
    const bad = Object.entries(BAD);
    const [good, stopped, ...others] = await rounds(
      `${ROOT}notebooks/04_metrics.ipynb`,
      [
        { values: QUICK },
        { values: STOPPED, stop: 6 },
        ...bad.map(([name, value]) => ({
          values: { ...QUICK, [name]: value },
        })),
      ],
    );
    await removeStopped();
    assert(JSON.stringify(stopped[1].outputs).includes("Training on"));
    for (const { outputs } of good.slice(1)) {
      assert(outputs.length > 0 && !outputs.some(({ error }) => error));
    }
    for (const { outputs } of [stopped, ...others].flatMap((c) => c.slice(2))) {
      assertEquals(
        outputs.map(({ error, traceback }) => ({ error, traceback })),
        [
          { error: SENTENCE, traceback: [SENTENCE] },
        ],
      );
    }
    others.forEach(([, { outputs }], i) => {
      const [name] = bad[i];
      assertEquals(outputs.length, 1);
      assert(outputs[0].error?.startsWith(`${name} is `), outputs[0].error);
      assertEquals(outputs[0].traceback, [outputs[0].error]);
    });
  },
});

for (
  const [name, parameter] of [["02_maps", "imageNumber"], [
    "03_visual_comparison",
    "k",
  ]]
) {
  Deno.test({
    name:
      `after a bad ${parameter} every later cell of notebook ${name} shows nothing`,
    ignore: !await Deno.stat(ENVIRONMENT).then(() => true, () => false),
    fn: async () => {
      const [good, bad] = await rounds(`${ROOT}notebooks/${name}.ipynb`, [
        { values: QUICK },
        { values: { ...QUICK, [parameter]: "-1" } },
      ]);
      assert(good.slice(1).every(({ outputs }) => outputs.length > 0));
      const said = bad.slice(2).map(({ outputs }) =>
        outputs.map((o) => o.error)
      );
      assertEquals(said, bad.slice(2).map(() => [SENTENCE]));
    },
  });
}

/** Of notebooks that open something else in their second cell. */
for (
  const [name, parameter, value, sentence] of [
    ["05_published_numbers", "k", "0", SENTENCE],
    [
      "06_evidence",
      "folder",
      '"nowhere"',
      "there are no runs yet: run the cell above",
    ],
    ["07_localization", "shown", "50", SENTENCE],
    ["08_sanity_checks", "images", "1", SENTENCE],
    ["09_other_models", "model", '"wrong"', SENTENCE],
  ]
) {
  Deno.test({
    name:
      `after a bad ${parameter} the cells of notebook ${name} that use what it opens say one sentence`,
    ignore: !await Deno.stat(ENVIRONMENT).then(() => true, () => false),
    fn: async () => {
      const [bad] = await rounds(`${ROOT}notebooks/${name}.ipynb`, [
        { values: { [parameter]: value } },
      ]);
      const [, opening, ...later] = bad.map(({ outputs }) => outputs);
      assertEquals(opening.length, 1);
      assert(opening[0].error?.includes(value.replaceAll('"', "")));
      assertEquals(opening[0].traceback, [opening[0].error]);
      assert(later.flat().some(({ error }) => error === sentence));
      // Notebook 5 has an example that stands alone.
      const alone = name.startsWith("05") ? 1 : 0;
      const shown = later.flat().filter(({ shown }) => shown !== undefined);
      assertEquals(shown.length, alone);
    },
  });
}
