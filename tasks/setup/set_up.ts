import { existsSync, readdirSync } from "node:fs";
import { lockOrWait } from "./lock.ts";
import { installPackages, missingPackages, type Project } from "./packages.ts";
import { say, SetupError } from "./run.ts";
import { installTensorFlow, isInstalled, library } from "./tensorflow.ts";

/**
 * Installs what is missing. Looks first, so that nothing is written where all
 * is there, and can go on from wherever it was interrupted.
 *
 * @returns whether anything was missing
 * @throws {SetupError} if something is missing that the user has to provide
 */
export async function setUp(project: Project): Promise<boolean> {
  if (Deno.build.os === "windows") {
    throw new SetupError(
      'TensorFlow has no library for this on Windows; run it in WSL (in VS Code: "WSL: Reopen Folder in WSL")',
    );
  }
  if (isMusl()) {
    throw new SetupError(
      "TensorFlow has no library for Alpine and other systems without glibc; run it on another Linux, in a container of Debian for instance",
    );
  }
  const complete = () =>
    missingPackages(project).length === 0 && isInstalled(library(project));
  if (complete()) return false;
  await alone(project.root, async () => {
    await installPackages(project);
    await installTensorFlow(project);
  });
  return true;
}

/** Whether a Linux has musl in glibc's stead, which no loader of glibc's tells. */
function isMusl(): boolean {
  if (Deno.build.os !== "linux") return false;
  const loaders = ["/lib", "/lib64"].filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder))
    .filter((name) => name.startsWith("ld-"));
  return loaders.some((name) => name.startsWith("ld-musl-")) &&
    !loaders.some((name) => name.startsWith("ld-linux"));
}

/** Two tasks started at once must not build in the same folder. */
async function alone(root: string, work: () => Promise<void>) {
  await Deno.mkdir(`${root}/data/cache`, { recursive: true });
  using file = await Deno.open(`${root}/data/cache/setup.lock`, {
    create: true,
    write: true,
  });
  await lockOrWait(
    file,
    () => say("waiting for another set-up of this folder"),
  );
  await work();
}
