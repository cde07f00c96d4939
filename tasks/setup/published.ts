import { type Project, remove } from "./packages.ts";
import { AN_HOUR, run, say } from "./run.ts";
import { type Library, PARTS } from "./tensorflow.ts";

const SECONDS_TO_CONNECT = 15;

/**
 * tfjs-node's own install script, which brings TensorFlow 2.9.1 on Linux x64.
 *
 * @returns why it failed, or undefined
 */
export async function asPublished(
  { root, programs, downloads }: Project,
  place: Library,
  fresh: string,
): Promise<string | undefined> {
  const unreachable = await whyUnreachable(
    downloads,
    SECONDS_TO_CONNECT,
  );
  if (unreachable) return unreachable;
  say("installing TensorFlow's native library (about 120 MB to download)");
  // With its mark, or anything in the places it fills, the script is not run.
  const left = PARTS.map((part) => `${place.package}/${part}`);
  for (const path of [...left, place.scriptMark]) await remove(path);
  const { ok, cause } = await run(programs.deno, [
    "install",
    `--allow-scripts=npm:@tensorflow/tfjs-node@${place.version}`,
  ], { cwd: root, seconds: AN_HOUR });
  if (!ok) return `tfjs-node's installer failed (${cause})`;
  try {
    for (const part of PARTS) {
      await Deno.rename(`${place.package}/${part}`, `${fresh}/${part}`);
    }
  } catch (error) {
    return `tfjs-node's installer left no library (${
      (error as Error).message
    })`;
  }
}

/**
 * Why a host cannot be downloaded from, or undefined. A proxy that refuses
 * answers 403 or 407 in the host's stead.
 */
export async function whyUnreachable(
  url: string,
  seconds: number,
): Promise<string | undefined> {
  const { host } = new URL(url);
  try {
    const response = await fetch(url, {
      method: "HEAD",
      signal: AbortSignal.timeout(seconds * 1000),
    });
    await response.body?.cancel();
    const { status } = response;
    if ([403, 407].includes(status) || status >= 500) {
      return `${host} answers ${status}`;
    }
  } catch (error) {
    return `${host} cannot be reached (${(error as Error).message})`;
  }
}
