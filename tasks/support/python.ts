import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { RunError } from "./cli.ts";
import { writeAtomically } from "./files.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

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
  const stamp = `${folder}/packages.txt`;
  const installed = (await Deno.readTextFile(stamp).catch(() => ""))
    .split("\n").filter((line) => line);
  if (packages.every((wanted) => installed.includes(wanted))) return folder;
  console.error(`installing ${packages.join(", ")} in data/cache/${name}`);
  run("python3", ["-m", "venv", folder]);
  const python = `${folder}/bin/python`;
  if (!existsSync(python)) {
    throw new RunError(
      "Python 3 with its venv module is needed (on Debian: apt install python3-venv)",
    );
  }
  const pip = run(python, ["-m", "pip", "install", "--quiet", ...packages]);
  if (!pip.ok) {
    throw new RunError(
      `pip could not install the packages (${pip.output.split("\n").at(-1)})`,
    );
  }
  const nameOf = (wanted: string) => wanted.split("==")[0];
  const others = installed.filter((line) =>
    !packages.some((wanted) => nameOf(wanted) === nameOf(line))
  );
  await writeAtomically(stamp, [...others, ...packages, ""].join("\n"));
  return folder;
}

function run(program: string, args: string[]) {
  const { status, stdout, stderr } = spawnSync(program, args, {
    encoding: "utf8",
  });
  return { ok: status === 0, output: `${stdout}${stderr}`.trim() };
}
