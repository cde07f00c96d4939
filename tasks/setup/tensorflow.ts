import { existsSync, realpathSync } from "node:fs";
import { packageFolder, type Project, remove } from "./packages.ts";
import { fromPyPI } from "./pypi.ts";
import { asPublished } from "./published.ts";
import { run, say, SetupError } from "./run.ts";

/** What the native library consists of, below the package and the cache. */
export const PARTS = ["lib", "deps"];
/** Written last, when the library was loaded: TensorFlow's version. */
const STAMP = "tensorflow-version";

/** The folders of TensorFlow's native library. */
export interface Library {
  version: string;
  /** tfjs-node below node_modules. */
  package: string;
  /** Deno's mark that the package's install script was run. */
  scriptMark: string;
  /** Outlives node_modules. */
  cache: string;
}

export function library({ root, imports }: Project): Library {
  const version = imports["@tensorflow/tfjs-node"].split("@").at(-1)!;
  const { os, arch } = Deno.build;
  return {
    version,
    package: `${root}/node_modules/@tensorflow/tfjs-node`,
    scriptMark: `${
      packageFolder(root, "@tensorflow/tfjs-node", version)
    }/.scripts-run`,
    cache: `${root}/data/cache/tfjs-node-${version}-${os}-${arch}`,
  };
}

export const binding = (folder: string) =>
  `${folder}/lib/napi-v8/tfjs_binding.node`;

/** Whether the library is in the cache, in full, and the package linked to it. */
export function isInstalled(place: Library): boolean {
  return existsSync(`${place.cache}/${STAMP}`) &&
    existsSync(binding(place.cache)) &&
    PARTS.every((part) =>
      existsSync(`${place.cache}/${part}`) &&
      existsSync(`${place.package}/${part}`) &&
      realpathSync(`${place.package}/${part}`) ===
        realpathSync(`${place.cache}/${part}`)
    );
}

/** Builds the library unless the cache has it, and links the package to it. */
export async function installTensorFlow(project: Project) {
  const place = library(project);
  if (isInstalled(place)) return;
  if (!await isCached(project, place.cache)) await build(project, place);
  for (const part of PARTS) {
    await remove(`${place.package}/${part}`);
    await Deno.symlink(`${place.cache}/${part}`, `${place.package}/${part}`, {
      type: "dir",
    });
  }
}

/** Whether the cache is good; one without the stamp has to show that it loads. */
async function isCached(project: Project, cache: string): Promise<boolean> {
  const whole = existsSync(binding(cache)) &&
    PARTS.every((part) => existsSync(`${cache}/${part}`));
  if (!whole) return false;
  if (existsSync(`${cache}/${STAMP}`)) return true;
  return await stampIfLoads(project, cache) === undefined;
}

/** Both ways to the library, the one that all results are recorded with first. */
async function build(project: Project, place: Library) {
  const fresh = `${place.cache}.partial`;
  const causes: string[] = [];
  for (const way of [fromPyPI, asPublished]) {
    await remove(fresh);
    await Deno.mkdir(fresh, { recursive: true });
    const failure = await way(project, place, fresh) ??
      await stampIfLoads(project, fresh);
    if (failure === undefined) {
      await remove(place.cache);
      // One step, so that the cache is never there in part.
      await Deno.rename(fresh, place.cache);
      return;
    }
    causes.push(failure);
    if (way === fromPyPI) say(`${failure}; trying tfjs-node's own installer`);
  }
  await remove(fresh);
  throw new SetupError(
    `TensorFlow's library could not be installed: ${causes.join("; and ")}`,
  );
}

/** Loads the binding in a process of its own: a bad one ends the process. */
export const LOAD = `import { createRequire } from "node:module";
Deno.env.set("TF_CPP_MIN_LOG_LEVEL", "2");
console.log(createRequire("file:///")(Deno.args[0]).TF_Version);`;

/** Stamps a folder whose binding loads; otherwise returns why it does not. */
async function stampIfLoads(
  { root, programs }: Project,
  folder: string,
): Promise<string | undefined> {
  const { ok, output, cause } = await run(
    programs.deno,
    ["eval", LOAD, binding(folder)],
    { cwd: root, seconds: 120 },
  );
  if (!ok) return `TensorFlow's binding does not load (${cause})`;
  const version = output.trim().split("\n").at(-1)!;
  await Deno.writeTextFile(`${folder}/${STAMP}`, `${version}\n`);
}
