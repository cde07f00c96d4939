/** Installs Deno's Jupyter kernel for this user, with Stop as a message. */
import { homedir } from "node:os";
import { join } from "node:path";
import { RunError } from "../support/errors.ts";
import type { Values } from "../support/flags.ts";
import { runTask } from "../support/task.ts";
import { writeAtomically } from "../support/files.ts";

const FLAGS = {
  force: {
    type: "boolean",
    help: "replace a kernel named deno that something else installed",
  },
} as const;

const USAGE = `Installs the Deno kernel that runs this task, for VS Code and for
JupyterLab, with a copy of Deno (about 100 MB) of its own.

usage: deno task kernel [flags]`;

/** What the description that Deno itself installs leaves out. */
const ADDITIONS = {
  // A signal, the default, would kill the kernel with all that it computed.
  interrupt_mode: "message",
  env: {
    TF_CPP_MIN_LOG_LEVEL: "2",
    // A stopped cell ends for Jupyter when V8 collects its promise. Where all
    // is idle V8 waits 30 seconds for that by default.
    DENO_V8_FLAGS:
      "--gc-memory-reducer-start-delay-ms=200,--memory-reducer-delay-ms=200",
  },
};

/** What tells kernels of this task from others. */
const OWNER = "novelty-maps";

/**
 * The kernel as Jupyter finds it in a kernel.json.
 *
 * @param deno path of the program
 */
function kernelDescription(deno: string): string {
  const description = {
    // Quiet: each start would warn that the command is new.
    argv: [
      ...[deno, "jupyter", "--kernel", "--conn", "{connection_file}"],
      "--quiet",
    ],
    ...{ display_name: "Deno", language: "typescript" },
    ...ADDITIONS,
    metadata: { installedBy: OWNER },
  };
  return JSON.stringify(description, null, 2) + "\n";
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
    kernelDescription(Deno.execPath()),
  );
}

/** The folder in which Jupyter looks for this user's kernels. */
function userKernels(): string {
  const { JUPYTER_DATA_DIR, XDG_DATA_HOME } = Deno.env.toObject();
  const data = JUPYTER_DATA_DIR ||
    (Deno.build.os === "darwin"
      ? join(homedir(), "Library/Jupyter")
      : join(XDG_DATA_HOME || join(homedir(), ".local/share"), "jupyter"));
  return join(data, "kernels");
}

/**
 * Copies this Deno beside the kernel: npm's cache, where `npx` puts it, may be
 * cleared.
 */
async function copyDeno(folder: string): Promise<string> {
  const copy = join(folder, "deno");
  // Written beside and renamed: a kernel may be running the copy of before.
  await Deno.copyFile(Deno.execPath(), `${copy}.new`);
  await Deno.rename(`${copy}.new`, copy);
  return copy;
}

/** A kernel named deno that this task did not install stays, but with --force. */
async function requireOwn(path: string) {
  const text = await Deno.readTextFile(path).catch(() => undefined);
  if (text === undefined || text.includes(`"${OWNER}"`)) return;
  throw new RunError(
    `${path} is another kernel named deno; --force puts this one in its place`,
  );
}

async function kernel(flags: Values<typeof FLAGS>): Promise<void> {
  const folder = join(userKernels(), "deno");
  const path = join(folder, "kernel.json");
  if (!flags.force) await requireOwn(path);
  await Deno.mkdir(folder, { recursive: true });
  await writeAtomically(path, kernelDescription(await copyDeno(folder)));
  console.log(
    `the Deno kernel is installed in ${folder}; open notebooks/ in JupyterLab, ` +
      "or in VS Code with the extensions that it recommends, and choose Deno",
  );
}

if (import.meta.main) {
  await runTask({ usage: USAGE, flags: FLAGS, run: kernel });
}
