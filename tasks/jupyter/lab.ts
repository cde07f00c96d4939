/** JupyterLab with the Deno kernel, opened in notebooks/. */
import { RunError } from "../support/errors.ts";
import { attend, ROOT } from "../support/process.ts";
import { type Call, runTask } from "../support/task.ts";
import { installKernel } from "./kernel.ts";
import { writeAtomically } from "../support/files.ts";
import { OWN_PYTHON, pythonEnvironment } from "../support/python.ts";

/** What `lab` and `notebooks` need, in one environment. */
export const JUPYTER = [
  "jupyterlab==4.6.6",
  "nbclient==0.11.0",
  "nbconvert==7.17.2",
];
/** Their oldest Python: 3.10. */
export const JUPYTER_PYTHON = 10;

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
  const folder = await pythonEnvironment(
    "jupyter-venv",
    JUPYTER,
    JUPYTER_PYTHON,
  );
  await installKernel(folder);
  return folder;
}

/** Jupyter looks for kernels and extensions in its environment first. */
export function jupyterVariables(folder: string): Record<string, string> {
  return {
    ...OWN_PYTHON,
    JUPYTER_PREFER_ENV_PATH: "1",
    JUPYTER_PATH: "",
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

async function lab(_: unknown, { rest }: Call): Promise<void> {
  const folder = await jupyterEnvironment();
  await quietLab(folder);
  const args = ["lab", ...labFlags(Deno.uid() === 0), ...rest];
  // On Ctrl-C Jupyter itself asks whether to stop.
  const code = await attend(`${folder}/bin/jupyter`, args, {
    cwd: `${ROOT}notebooks`,
    env: jupyterVariables(folder),
  });
  if (code) {
    throw new RunError(
      `JupyterLab ended with exit code ${code}; it says why above`,
    );
  }
}

if (import.meta.main) {
  await runTask({
    usage: USAGE,
    flags: {},
    // All but --help are Jupyter's own.
    split: (args) => [
      args.filter((arg) => arg === "--help"),
      args.filter((arg) => arg !== "--help"),
    ],
    run: lab,
  });
}
