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

/** For which systems a package is. */
interface Conditions {
  os?: string[];
  cpu?: string[];
  optional?: boolean;
}

interface LockedPackage extends Conditions {
  name: string;
  version: string;
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
  const isMissing = ({ name, version }: LockedPackage) => {
    const folder = packageFolder(root, name, version);
    return !existsSync(`${folder}/.initialized`) ||
      !existsSync(`${folder}/node_modules/${name}/package.json`);
  };
  const locked = lockedPackages(root);
  const forAll = locked.filter(({ os, cpu, optional }) =>
    !os && !cpu && !optional
  );
  // Of those for this system's processor one is enough: there are several for
  // Linux. None is there in a folder that another system filled.
  const native = locked.filter(({ os, cpu }) =>
    os?.includes(Deno.build.os) && cpu?.includes(CPU[Deno.build.arch])
  );
  const indirect = [
    ...forAll.filter(isMissing),
    ...native.every(isMissing) ? native : [],
  ].map(({ name, version }) => `${name}@${version}`);
  return [...direct, ...indirect];
}

/** npm's names for processors. */
const CPU = { x86_64: "x64", aarch64: "arm64" };

/** What deno.lock holds, for whichever system. */
function lockedPackages(root: string): LockedPackage[] {
  if (!existsSync(`${root}/deno.lock`)) return [];
  const lock = JSON.parse(readFileSync(`${root}/deno.lock`, "utf8"));
  return Object.entries<Conditions>(lock.npm ?? {}).map(([key, conditions]) => {
    // Behind "_" stand the versions of peers.
    const [, name, version] = key.match(/^(@?[^@]+)@([^_]+)/)!;
    return { ...conditions, name, version };
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
