import { RunError } from "./errors.ts";
import { makeFolder, writeAtomically } from "./files.ts";
import { type Outcome, output, ROOT } from "./process.ts";

/**
 * A virtual environment of Python with the packages of a task, made on first
 * use.
 *
 * @param name of its folder in data/cache
 * @param packages with their versions, as pip takes them
 * @returns the folder
 * @throws {RunError} when Python is missing, or pip cannot install
 */
export async function pythonEnvironment(
  name: string,
  packages: readonly string[],
): Promise<string> {
  const folder = `${ROOT}data/cache/${name}`;
  await makeFolder(`${ROOT}data/cache`);
  // Two tasks that begin at once must not install into one folder.
  using lock = await Deno.open(`${folder}.lock`, { create: true, write: true });
  await lock.lock(true);
  const stamp = `${folder}/packages.txt`;
  const installed = (await Deno.readTextFile(stamp).catch(() => ""))
    .split("\n").filter((line) => line);
  const python = `${folder}/bin/python`;
  const isWhole = packages.every((wanted) => installed.includes(wanted));
  if (isWhole && await isOwn(folder)) return folder;
  console.error(`installing ${packages.join(", ")} in data/cache/${name}`);
  // Made anew where Python was upgraded, the project moved, or pip was cut off.
  const isBroken = installed.length === 0 || !await isOwn(folder);
  await Deno.remove(stamp).catch(() => {});
  const clear = isBroken ? ["--clear"] : [];
  const venv = await output("python3", ["-m", "venv", ...clear, folder]);
  if (venv.code !== 0) {
    throw new RunError(
      "Python 3 with its venv module is needed (on Debian: apt install " +
        `python3-venv; ${lastLine(venv)})`,
    );
  }
  const pip = await output(python, [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    ...packages,
  ]);
  if (pip.code !== 0) {
    throw new RunError(`pip could not install the packages (${lastLine(pip)})`);
  }
  const nameOf = (wanted: string) => wanted.split("==")[0];
  const others = (isBroken ? [] : installed).filter((line) =>
    !packages.some((wanted) => nameOf(wanted) === nameOf(line))
  );
  await writeAtomically(stamp, [...others, ...packages, ""].join("\n"));
  return folder;
}

const lastLine = ({ stdout, stderr }: Outcome) =>
  `${stdout}\n${stderr}`.trim().split("\n").at(-1);

/** Whether an environment's programs run, and run in it: they hold its path. */
async function isOwn(folder: string): Promise<boolean> {
  // "pip 25.1 from …/lib/python3.11/site-packages/pip (python 3.11)"
  const { stdout } = await output(`${folder}/bin/pip`, ["--version"]);
  const place = stdout.match(/ from (.*)\/lib\/python/)?.[1];
  const real = (path: string) => Deno.realPath(path).catch(() => undefined);
  return place !== undefined && await real(place) === await real(folder);
}
