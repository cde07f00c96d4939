import { existsSync, readFileSync } from "node:fs";
import { AN_HOUR, run, say, SetupError } from "./run.ts";

/** Where a project stands, what it imports, and the programs that set it up. */
export interface Project {
  root: string;
  /** The import map of deno.json. */
  imports: Record<string, string>;
  programs: { deno: string; python: string; compiler: string };
  /** Where tfjs-node's own installer downloads from. */
  downloads: string;
  /** Seconds after which an npm registry that sends nothing counts as dead. */
  silence: number;
}

interface LockedPackage {
  os?: string[];
  cpu?: string[];
  optional?: boolean;
}

/**
 * The npm packages that are not there in full, as `name@version` (direct ones
 * without a lock file: `name`). Deno writes `.initialized` last in each folder.
 */
export function missingPackages({ root, imports }: Project): string[] {
  const modules = `${root}/node_modules`;
  const direct = Object.entries(imports)
    .filter(([name, source]) =>
      source.startsWith("npm:") &&
      !existsSync(`${modules}/${name}/package.json`)
    ).map(([name]) => name);
  const indirect = lockedPackages(root).filter(([name, version]) => {
    const folder = packageFolder(root, name, version);
    return !existsSync(`${folder}/.initialized`) ||
      !existsSync(`${folder}/node_modules/${name}/package.json`);
  }).map(([name, version]) => `${name}@${version}`);
  return [...direct, ...indirect];
}

/** Name and version of what deno.lock holds for every system. */
function lockedPackages(root: string): [name: string, version: string][] {
  if (!existsSync(`${root}/deno.lock`)) return [];
  const lock = JSON.parse(readFileSync(`${root}/deno.lock`, "utf8"));
  const packages = Object.entries<LockedPackage>(lock.npm ?? {});
  return packages.filter(([, { os, cpu, optional }]) =>
    !os && !cpu && !optional
  )
    .map(([key]) => {
      // Behind "_" stand the versions of peers.
      const [, name, version] = key.match(/^(@?[^@]+)@([^_]+)/)!;
      return [name, version];
    });
}

/** The folder that Deno keeps one version of a package in. */
export const packageFolder = (root: string, name: string, version: string) =>
  `${root}/node_modules/.deno/${name.replace("/", "+")}@${version}`;

/** Installs what is missing of the npm packages. */
export async function installPackages(project: Project) {
  const missing = missingPackages(project);
  if (missing.length === 0) return;
  const { root, programs, silence } = project;
  say("installing the npm packages in node_modules (about 90 MB to download)");
  // Deno takes a folder with its mark, and what its cache names, for whole.
  const marked = [
    `${root}/node_modules/.deno/.setup-cache.bin`,
    ...missing.map((key) =>
      `${root}/node_modules/.deno/${key.replace("/", "+")}`
    ),
  ];
  for (const path of marked) await remove(path);
  const { ok, cause } = await run(programs.deno, ["install"], {
    ...{ cwd: root, silence, seconds: AN_HOUR },
  });
  const left = missingPackages(project);
  if (!ok || left.length > 0) {
    throw new SetupError(
      `the npm packages could not be installed; is the npm registry reachable? (${
        ok ? `${left.join(", ")} missing` : cause
      })`,
    );
  }
}

/** Removes a file, link or folder, if it is there. */
export async function remove(path: string) {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
