/** Installs Deno's Jupyter kernel for this user, with Stop as a message. */
import { spawnSync } from "node:child_process";
import { helpText, parseFlags, RunError, runTask } from "./cli.ts";
import { writeAtomically } from "./files.ts";

const FLAGS = {
  help: { type: "boolean", help: "print this" },
} as const;

const USAGE =
  `Installs the Deno kernel that runs this task, for VS Code and for JupyterLab.

usage: deno task kernel`;

/** What Deno's own kernel description leaves out. */
const ADDITIONS = {
  // A signal, the default, would kill the kernel with all that it computed.
  interrupt_mode: "message",
  env: { TF_CPP_MIN_LOG_LEVEL: "2" },
};

async function kernel(args: string[]): Promise<void> {
  const flags = parseFlags(args, FLAGS);
  if (flags.help) return console.log(helpText(USAGE, FLAGS));
  const { stdout, stderr } = spawnSync(
    Deno.execPath(),
    ["jupyter", "--install", "--force"],
    { encoding: "utf8" },
  );
  const output = `${stdout}${stderr}`;
  const folder = output.match(/installed successfully at (.*?)\.?\s*$/m)?.[1];
  if (!folder) {
    throw new RunError(
      `Deno could not install its kernel (${output.trim().split("\n").at(-1)})`,
    );
  }
  const path = `${folder}/kernel.json`;
  const description = JSON.parse(await Deno.readTextFile(path));
  const argv = [Deno.execPath(), ...description.argv.slice(1)];
  await writeAtomically(
    path,
    JSON.stringify({ ...description, argv, ...ADDITIONS }, null, 2) + "\n",
  );
  console.log(
    `the Deno kernel is installed in ${folder}; open notebooks/ in JupyterLab or VS Code`,
  );
}

if (import.meta.main) await runTask(kernel);
