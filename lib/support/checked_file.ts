import { mkdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { sha256 } from "./sha256.ts";
import { writeAtomically } from "./write_atomically.ts";

/** A file that the project may not contain, and must not mistake for another. */
export interface CheckedFile {
  /** What it is, for messages: "the authors' weights". */
  what: string;
  /** Where it comes from. */
  url: string;
  /** Of the whole file, in hexadecimal. */
  sha256: string;
  /** Where a download is stored, and looked for first. */
  cached: URL;
  /** Other places where a copy may lie. */
  copies?: readonly URL[];
}

/** A file cannot be had here, or is another one than it should be. */
export class UnavailableFileError extends Error {
  /** Tells it from other errors. */
  override name = "UnavailableFileError";
}

const SECONDS_TO_DOWNLOAD = 60;

/**
 * The bytes of a file: from the cache, from a copy, else downloaded to the
 * cache, where that can be written to. Its SHA-256 is checked in any case.
 *
 * @param file what is wanted, and where it may be
 * @throws {UnavailableFileError} when it cannot be had, saying where to get it,
 * or when a copy is another file
 */
export async function loadCheckedFile(
  file: CheckedFile,
): Promise<Uint8Array<ArrayBuffer>> {
  for (const place of [file.cached, ...file.copies ?? []]) {
    const bytes = await readFile(place).catch(() => undefined);
    if (!bytes) continue;
    const advice = place === file.cached ? "; delete it to get it again" : "";
    const path = fileURLToPath(place);
    return await checkFile(new Uint8Array(bytes), file, path, advice);
  }
  const bytes = await checkFile(await download(file), file, file.url);
  // Where nothing can be stored, the bytes are as good.
  await store(file.cached, bytes).catch(() => {});
  return bytes;
}

async function store(place: URL, bytes: Uint8Array) {
  await mkdir(new URL(".", place), { recursive: true });
  await writeAtomically(fileURLToPath(place), bytes);
}

/**
 * That bytes are those of a file.
 *
 * @param bytes that were read or downloaded
 * @param file which they should be
 * @param source where they are from
 * @param advice what to do about a wrong one, for the message
 * @returns the bytes
 * @throws {UnavailableFileError} when they are not
 */
export async function checkFile(
  bytes: Uint8Array<ArrayBuffer>,
  { what, sha256: expected }: CheckedFile,
  source: string,
  advice = "",
): Promise<Uint8Array<ArrayBuffer>> {
  if (await sha256(bytes) === expected) return bytes;
  throw new UnavailableFileError(
    `${source} is not ${what} (its SHA-256 is not ${
      expected.slice(0, 8)
    }…)${advice}`,
  );
}

async function download(
  { what, url, cached }: CheckedFile,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.timeout(1000 * SECONDS_TO_DOWNLOAD),
    });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw new UnavailableFileError(
      `${what} could not be downloaded (${(error as Error).message}): fetch ` +
        `${url} where you can and put it at ${fileURLToPath(cached)}`,
    );
  }
}
