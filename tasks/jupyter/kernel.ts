/** Installs Deno's Jupyter kernel for this user, with Stop as a message. */
import { RunError } from "../support/errors.ts";
import { output } from "../support/process.ts";
import { runTask } from "../support/task.ts";
import { writeAtomically } from "../support/files.ts";

const USAGE =
  `Installs the Deno kernel that runs this task, for VS Code and for JupyterLab.

usage: deno task kernel`;

/** What Deno's own kernel description leaves out. */
const ADDITIONS = {
  // A signal, the default, would kill the kernel with all that it computed.
  interrupt_mode: "message",
  env: {
    TF_CPP_MIN_LOG_LEVEL: "2",
    // A stopped cell ends for Jupyter when V8 collects its promise. Where all
    // is idle V8 waits 30 seconds for that, unless told.
    DENO_V8_FLAGS:
      "--gc-memory-reducer-start-delay-ms=200,--memory-reducer-delay-ms=200",
  },
};

/** The kernel as Jupyter finds it in a kernel.json. */
export function kernelDescription(description: { argv: string[] }): string {
  const [, ...rest] = description.argv;
  // Quiet: each start would warn that the command is new.
  const argv = [Deno.execPath(), ...rest, "--quiet"];
  return JSON.stringify({ ...description, argv, ...ADDITIONS }, null, 2) + "\n";
}

/**
 * Installs the kernel in a virtual environment of Python, for the Jupyter
 * there and for no other.
 *
 * @param folder of the virtual environment
 */
export async function installKernel(folder: string): Promise<void> {
  const path = `${folder}/share/jupyter/kernels/deno`;
  await Deno.mkdir(path, { recursive: true });
  await writeAtomically(
    `${path}/kernel.json`,
    kernelDescription({
      argv: ["deno", "jupyter", "--kernel", "--conn", "{connection_file}"],
      ...{ display_name: "Deno", language: "typescript" },
    }),
  );
}

async function kernel(): Promise<void> {
  const { stdout, stderr } = await output(
    Deno.execPath(),
    ["jupyter", "--install", "--force"],
  );
  const said = `${stdout}\n${stderr}`;
  const folder = said.match(/installed successfully at (.*?)\.?\s*$/m)?.[1];
  if (!folder) {
    throw new RunError(
      `Deno could not install its kernel (${said.trim().split("\n").at(-1)})`,
    );
  }
  const path = `${folder}/kernel.json`;
  const description = JSON.parse(await Deno.readTextFile(path));
  await writeAtomically(path, kernelDescription(description));
  console.log(
    `the Deno kernel is installed in ${folder}; open notebooks/ in JupyterLab or VS Code`,
  );
}

if (import.meta.main) {
  await runTask({
    usage: USAGE,
    flags: {},
    run: kernel,
  });
}
