/** Runs the notebooks through the real kernel, without a window. */
import { RunError, UsageError } from "../support/errors.ts";
import { startProgress } from "../support/progress.ts";
import type { Values } from "../support/flags.ts";
import { ROOT } from "../support/process.ts";
import { type Call, runTask } from "../support/task.ts";
import { jupyterEnvironment, jupyterVariables } from "./lab.ts";
import { type Notebook, notebookFaults } from "./check.ts";
import { typeErrors } from "./type_check.ts";

const FOLDER = `${ROOT}notebooks`;

const FLAGS = {
  quick: {
    type: "boolean",
    help: "few images, one epoch; outputs are not kept",
  },
  check: {
    type: "boolean",
    help: "run nothing; look at the code and the outputs in the files",
  },
} as const;

/** Parameters of a trial run, in place of a notebook's own. */
const QUICK = ["epochs=1", 'data="mnist"', "images=20"];

const USAGE =
  `Runs all notebooks, or those whose names begin as told, and keeps their
outputs. Ends at the first cell that fails.

usage: deno task notebooks [flags] [01 02 …]`;

async function notebooks(
  flags: Values<typeof FLAGS>,
  { rest }: Call,
): Promise<void> {
  const names = await chosen(rest);
  if (flags.check) {
    for (const name of names) {
      requireGood(name, await read(name));
      await requireFormatted(name);
    }
    await requireTyped(names);
  } else {
    const environment = await jupyterEnvironment();
    for (const name of names) {
      await run(name, environment, flags.quick);
    }
  }
  console.log(
    flags.check
      ? `as they should be: ${names.join(", ")}`
      : `ran: ${names.join(", ")}`,
  );
}

async function chosen(starts: string[]): Promise<string[]> {
  const all = (await Array.fromAsync(Deno.readDir(FOLDER)))
    .map(({ name }) => name).filter((name) => name.endsWith(".ipynb")).sort();
  if (starts.length === 0) return all;
  const found = starts.flatMap((start) => {
    // "1" is the notebook 01, not 10.
    const beginning = start.replace(/^[1-9]$/, "0$&");
    const names = all.filter((name) => name.startsWith(beginning));
    if (names.length > 0) return names;
    throw new UsageError(
      `no notebook begins with "${start}"; there are ${all.join(", ")}`,
    );
  });
  return [...new Set(found)];
}

async function read(name: string): Promise<Notebook> {
  return JSON.parse(await Deno.readTextFile(`${FOLDER}/${name}`));
}

function requireGood(name: string, notebook: Notebook) {
  const faults = notebookFaults(notebook);
  if (faults.length > 0) throw new RunError(`${name}: ${faults.join("; ")}`);
}

/** By way of a pipe: `deno fmt --check` takes every notebook for unformatted. */
async function requireFormatted(name: string) {
  const text = await Deno.readTextFile(`${FOLDER}/${name}`);
  const formatter = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--ext=ipynb", "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const formatted = new Response(formatter.stdout).text();
  await new Blob([text]).stream().pipeTo(formatter.stdin);
  if (await formatted === text) return;
  throw new RunError(
    `${name} is not formatted: run deno fmt --no-config notebooks/${name}`,
  );
}

async function requireTyped(names: string[]) {
  const notebooks = await Promise.all(
    names.map(async (name) => [name, await read(name)] as const),
  );
  const errors = await typeErrors(Object.fromEntries(notebooks));
  if (errors) throw new RunError(`the notebooks have type errors:\n${errors}`);
}

/** A line of run_notebook.py. */
interface Line {
  cell?: number;
  failed?: string;
  notebook?: Notebook;
}

async function run(name: string, environment: string, quick: boolean) {
  const { cells } = await read(name);
  const partial = `${name}.partial`;
  const progress = startProgress(name, cells.length);
  const child = new Deno.Command(`${environment}/bin/python`, {
    // In quick mode the file stays as it is.
    args: [
      `${ROOT}tasks/jupyter/run_notebook.py`,
      name,
      ...quick ? QUICK : [partial],
    ],
    cwd: FOLDER,
    env: jupyterVariables(environment),
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  // Else it goes on where a signal ends this task.
  const end = () => {
    try {
      child.kill();
    } catch { /* It has ended. */ }
  };
  globalThis.addEventListener("unload", end);
  const said = new Response(child.stderr).text();
  let done = -1;
  let last: Line = {};
  for await (const line of lines(child.stdout)) {
    last = JSON.parse(line);
    if (last.cell === undefined) continue;
    done = last.cell;
    progress.update(done + 1, `cell ${done + 1} of ${cells.length}`);
  }
  progress.stop();
  const { success } = await child.status;
  globalThis.removeEventListener("unload", end);
  if (!success || !last.notebook) {
    const cell = cells.findIndex(({ cell_type }, i) =>
      i > done && cell_type === "code"
    );
    throw new RunError(
      `${name}, cell ${cell + 1}: ${last.failed ?? lastLine(await said)}`,
    );
  }
  try {
    requireGood(name, last.notebook);
    if (!quick) await Deno.rename(`${FOLDER}/${partial}`, `${FOLDER}/${name}`);
  } finally {
    await Deno.remove(`${FOLDER}/${partial}`).catch(() => {});
  }
}

const lastLine = (text: string) => text.trim().split("\n").at(-1) ?? "";

async function* lines(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop()!;
    yield* parts;
  }
}

if (import.meta.main) {
  await runTask({
    usage: USAGE,
    flags: FLAGS,
    split: (args) => [
      args.filter((arg) => arg.startsWith("-")),
      args.filter((arg) => !arg.startsWith("-")),
    ],
    stopped: ({ quick, check }) =>
      quick || check
        ? "no notebook was changed"
        : "the notebooks that ran to their end keep their outputs",
    run: notebooks,
  });
}
