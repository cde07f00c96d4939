import { lockOrWait } from "../setup/lock.ts";
import { RunError } from "./errors.ts";
import { makeFolder, reason, writeAtomically } from "./files.ts";
import { type Outcome, output, ROOT } from "./process.ts";

/**
 * For programs of a virtual environment: what a user's shell, or a cluster's
 * modules, set for another Python. Empty counts as not set.
 */
export const OWN_PYTHON = {
  ...{ PYTHONPATH: "", PYTHONHOME: "" },
  ...{ PIP_USER: "", PIP_TARGET: "", PIP_PREFIX: "" },
};

const env = OWN_PYTHON;

/**
 * A virtual environment of Python with the packages of a task, made on first
 * use.
 *
 * @param name of its folder in data/cache
 * @param packages with their versions, as pip takes them
 * @returns the folder
 * @throws {RunError} when Python is missing, pip cannot install, or the folder
 * cannot be written to
 */
export async function pythonEnvironment(
  name: string,
  packages: readonly string[],
): Promise<string> {
  const folder = `${ROOT}data/cache/${name}`;
  const isThere = async () =>
    hasAll(await installedIn(folder), packages) && await isOwn(folder);
  // First, for where all is there nothing need be written.
  if (await isThere()) return folder;
  await makeFolder(`${ROOT}data/cache`);
  // Two tasks that begin at once must not install into one folder.
  using _lock = await lockFile(`${folder}.lock`);
  if (!await isThere()) await install(folder, packages);
  return folder;
}

const hasAll = (installed: string[], packages: readonly string[]) =>
  packages.every((wanted) => installed.includes(wanted));

const stampOf = (folder: string) => `${folder}/packages.txt`;

/** The packages that were installed whole. */
async function installedIn(folder: string): Promise<string[]> {
  const text = await Deno.readTextFile(stampOf(folder)).catch(() => "");
  return text.split("\n").filter((line) => line);
}

async function lockFile(path: string): Promise<Deno.FsFile> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path, { create: true, write: true });
  } catch (error) {
    throw new RunError(`${path} cannot be written to (${reason(error)})`);
  }
  await lockOrWait(
    file,
    () => console.error("waiting for another task that installs the same"),
  );
  return file;
}

async function install(folder: string, packages: readonly string[]) {
  const name = folder.slice(ROOT.length);
  console.error(`installing ${packages.join(", ")} in ${name}`);
  const installed = await installedIn(folder);
  // Made anew where Python was upgraded, the project moved, or pip was cut off.
  const isBroken = installed.length === 0 || !await isOwn(folder);
  const stamp = stampOf(folder);
  await Deno.remove(stamp).catch(() => {});
  const clear = isBroken ? ["--clear"] : [];
  const venv = await output("python3", ["-m", "venv", ...clear, folder], {
    env,
  });
  if (venv.code !== 0) {
    throw new RunError(
      "Python 3 with its venv module is needed (on Debian: apt install " +
        `python3-venv; ${lastLine(venv)})`,
    );
  }
  const pip = await output(`${folder}/bin/python`, [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    ...packages,
  ], { env });
  if (pip.code !== 0) {
    throw new RunError(`pip could not install the packages (${lastLine(pip)})`);
  }
  const nameOf = (wanted: string) => wanted.split("==")[0];
  const others = (isBroken ? [] : installed).filter((line) =>
    !packages.some((wanted) => nameOf(wanted) === nameOf(line))
  );
  await writeAtomically(stamp, [...others, ...packages, ""].join("\n"));
}

const lastLine = ({ stdout, stderr }: Outcome) =>
  `${stdout}\n${stderr}`.trim().split("\n").at(-1);

/** Whether an environment's programs run, and run in it: they hold its path. */
async function isOwn(folder: string): Promise<boolean> {
  // "pip 25.1 from …/lib/python3.11/site-packages/pip (python 3.11)"
  const { stdout } = await output(`${folder}/bin/pip`, ["--version"], { env });
  const place = stdout.match(/ from (.*)\/lib\/python/)?.[1];
  const real = (path: string) => Deno.realPath(path).catch(() => undefined);
  return place !== undefined && await real(place) === await real(folder);
}
