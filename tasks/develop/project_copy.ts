import { existsSync } from "node:fs";
import { cp } from "node:fs/promises";
import { resolve } from "node:path";
import { ROOT } from "../support/process.ts";

/** A copy of the project that tests can run in. */
export interface ProjectCopy {
  /** With a slash at its end. */
  root: string;
  /** What is not copied: links into the project, for reading only. */
  links: string[];
}

/** What is changed, or written by tests. */
const COPIED = ["lib", "tests", "tasks", "deno.json", "deno.lock"];
const COPIED_DATA = ["data/models"];

/**
 * Copies the project's code; large folders become links.
 *
 * @param folder an empty one
 */
export async function copyProject(folder: string): Promise<ProjectCopy> {
  const root = `${folder}/project/`;
  await Deno.mkdir(`${root}data`, { recursive: true });
  const names = [...Deno.readDirSync(ROOT)].map(({ name }) => name)
    .filter((name) => name !== "data" && name !== ".git");
  const data = [...Deno.readDirSync(`${ROOT}data`)]
    .map(({ name }) => `data/${name}`);
  const links: string[] = [];
  for (const path of [...names, ...data]) {
    if ([...COPIED, ...COPIED_DATA].includes(path)) {
      await cp(`${ROOT}${path}`, `${root}${path}`, { recursive: true });
    } else {
      await Deno.symlink(`${ROOT}${path}`, `${root}${path}`);
      links.push(`${root}${path}`);
    }
  }
  // Some tests compare with files that lie beside the project.
  const shared = resolve(ROOT, "../shared");
  if (existsSync(shared)) {
    await Deno.symlink(shared, `${folder}/shared`);
    links.push(`${folder}/shared`);
  }
  return { root, links };
}
