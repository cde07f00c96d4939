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
 * @param python the oldest Python 3 that they run on, such as 11 for 3.11
 * @returns the folder
 * @throws {RunError} when there is no such Python, pip cannot install, or the folder
 * cannot be written to
 */
export async function pythonEnvironment(
  name: string,
  packages: readonly string[],
  python: number,
): Promise<string> {
  const folder = `${ROOT}data/cache/${name}`;
  const isThere = async () =>
    hasAll(await installedIn(folder), packages) && await isOwn(folder);
  // First, for where all is there nothing need be written.
  if (await isThere()) return folder;
  await makeFolder(`${ROOT}data/cache`);
  // Two tasks that begin at once must not install into one folder.
  using _lock = await lockFile(`${folder}.lock`);
  if (!await isThere()) await install(folder, packages, python);
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

async function install(
  folder: string,
  packages: readonly string[],
  python: number,
) {
  const program = await pythonFrom(python);
  const name = folder.slice(ROOT.length);
  console.error(`installing ${packages.join(", ")} in ${name}`);
  const installed = await installedIn(folder);
  // Made anew where Python was upgraded, the project moved, or pip was cut off.
  const isBroken = installed.length === 0 || !await isOwn(folder);
  const stamp = stampOf(folder);
  await Deno.remove(stamp).catch(() => {});
  const clear = isBroken ? ["--clear"] : [];
  const venv = await output(program, ["-m", "venv", ...clear, folder], {
    env,
  });
  if (venv.code !== 0) {
    throw new RunError(
      `${program} needs its venv module (Debian: apt install python3-venv; ${
        lastLine(venv)
      })`,
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

/** Python 3's newest minor version that is looked for by name. */
const NEWEST = 14;

/**
 * A Python 3 that is new enough: python3, or one that has its version in its
 * name, as beside an older python3.
 *
 * @param oldest minor version
 * @throws {RunError} when there is none
 */
export async function pythonFrom(oldest: number): Promise<string> {
  const versions = Array.from(
    { length: NEWEST - oldest + 1 },
    (_, i) => `python3.${NEWEST - i}`,
  );
  const test = `import sys; sys.exit(sys.version_info < (3, ${oldest}))`;
  for (const program of ["python3", ...versions]) {
    const { code } = await output(program, ["-c", test], { env });
    if (code === 0) return program;
  }
  const { code, stdout } = await output("python3", ["--version"], { env });
  throw new RunError(
    `Python 3.${oldest} or newer is needed; ` +
      (code === 0 ? `python3 is ${stdout}` : "there is no python3"),
  );
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
