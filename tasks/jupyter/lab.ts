/** JupyterLab with the Deno kernel, opened in notebooks/. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { helpText, RunError, runTask } from "../support/cli.ts";
import { installKernel } from "./kernel.ts";
import { writeAtomically } from "../support/files.ts";
import { pythonEnvironment } from "../support/python.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What `lab`, `notebooks` and the browser's test need, in one environment. */
export const JUPYTER = [
  "jupyterlab==4.6.6",
  "nbclient==0.11.0",
  "nbconvert==7.17.2",
];

const USAGE =
  `Opens JupyterLab in notebooks/, in an environment of its own (made on first
use, about 240 MB) with the Deno that runs this task as its kernel.

Lab saves what you try into notebooks/; \`git checkout notebooks\` brings the
committed notebooks and their figures back. A kernel that has run a notebook
holds about 1 GB: shut it down when you are done (Kernel > Shut Down Kernel).

usage: deno task lab [flags of jupyter lab, as --no-browser or --port 8890]`;

/**
 * The environment with Jupyter and the kernel, made on first use.
 *
 * @returns its folder
 */
export async function jupyterEnvironment(): Promise<string> {
  const folder = await pythonEnvironment("jupyter-venv", JUPYTER);
  await installKernel(folder);
  return folder;
}

/** Jupyter looks nowhere but in its environment. */
export function jupyterVariables(folder: string): Record<string, string> {
  return {
    JUPYTER_PREFER_ENV_PATH: "1",
    VIRTUAL_ENV: folder,
    PATH: `${folder}/bin:${Deno.env.get("PATH")}`,
  };
}

/** No pop-up about Jupyter's news over the first notebook. */
const QUIET = {
  "@jupyterlab/apputils-extension:notification": {
    fetchNews: "false",
    checkForUpdates: false,
  },
};

/** Flags of `jupyter lab` that come before the user's own. */
export function labFlags(isRoot: boolean): string[] {
  // In containers everybody is root; Lab listens on this machine alone, and
  // asks for its token.
  return isRoot ? ["--allow-root", "--ip=127.0.0.1"] : [];
}

async function quietLab(folder: string) {
  const settings = `${folder}/share/jupyter/lab/settings`;
  await Deno.mkdir(settings, { recursive: true });
  await writeAtomically(`${settings}/overrides.json`, JSON.stringify(QUIET));
}

async function lab(args: string[]): Promise<void> {
  if (args.includes("--help")) return console.log(helpText(USAGE, {}));
  const folder = await jupyterEnvironment();
  await quietLab(folder);
  const child = spawn(`${folder}/bin/jupyter`, [
    "lab",
    ...labFlags(Deno.uid() === 0),
    ...args,
  ], {
    cwd: `${ROOT}notebooks`,
    stdio: "inherit",
    env: { ...Deno.env.toObject(), ...jupyterVariables(folder) },
  });
  // Jupyter itself asks whether to stop; it gets the same Ctrl-C.
  const wait = () => {};
  Deno.addSignalListener("SIGINT", wait);
  const code = await new Promise((resolve) => child.on("close", resolve));
  Deno.removeSignalListener("SIGINT", wait);
  if (code) {
    throw new RunError(
      `JupyterLab ended with exit code ${code}; it says why above`,
    );
  }
}

if (import.meta.main) await runTask(lab);
