import { crc32 } from "node:zlib";
import { quote, WeightsError } from "./state_dict.ts";

/** A damaged directory can claim 65,535. */
const MAX_ENTRIES = 10_000;
const LOCAL = 0x04034b50;
const DIRECTORY = 0x02014b50;
const END = 0x06054b50;
const END_LENGTH = 22;
const MAX_COMMENT = 0xffff;

const damaged = (why: string) =>
  new WeightsError(
    `the file is no zip, or a damaged one: ${why}; copy or save it again`,
  );

/** Whether a file begins as a zip archive does. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && viewOf(bytes).getUint32(0, true) === LOCAL;
}

/**
 * The entries of a zip whose entries are stored as they are, as PyTorch writes
 * it; checked by CRC-32 where the directory has one.
 *
 * @param bytes the whole file
 * @returns views of the file's bytes, by name
 * @throws {WeightsError} for a damaged zip, and for entries that are compressed,
 * encrypted, of one name or larger than the file
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export function readStoredZip(bytes: Uint8Array): Map<string, Uint8Array> {
  const view = viewOf(bytes);
  const end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  if (count > MAX_ENTRIES) {
    throw new WeightsError(
      `the zip claims ${count} entries, more than 10,000; it was not read`,
    );
  }
  const files = new Map<string, Uint8Array>();
  let position = view.getUint32(end + 16, true);
  let total = 0;
  for (let i = 0; i < count; i++) {
    const entry = readEntry(bytes, position, end);
    if (files.has(entry.name)) {
      throw damaged(`it holds ${quote(entry.name)} twice`);
    }
    total += entry.data.length;
    if (total > bytes.length) throw damaged("its entries overlap");
    if (entry.crc !== 0 && crc32(entry.data) !== entry.crc) {
      throw damaged(`${quote(entry.name)} differs from its checksum`);
    }
    files.set(entry.name, entry.data);
    position = entry.next;
  }
  return files;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Where the record at the end begins; a comment may follow it. */
function findEnd(view: DataView): number {
  const last = view.byteLength - END_LENGTH;
  for (let at = last; at >= Math.max(0, last - MAX_COMMENT); at--) {
    if (
      view.getUint32(at, true) === END &&
      view.getUint16(at + 20, true) === last - at
    ) return at;
  }
  throw damaged("it lacks a directory, as when its end is cut off");
}

/** One entry of the directory, with its bytes. */
function readEntry(bytes: Uint8Array, at: number, end: number) {
  const view = viewOf(bytes);
  if (at + 46 > end || view.getUint32(at, true) !== DIRECTORY) {
    throw damaged("its directory is not where its end says");
  }
  const short = (offset: number) => view.getUint16(at + offset, true);
  const long = (offset: number) => view.getUint32(at + offset, true);
  const nameEnd = at + 46 + short(28);
  const next = nameEnd + short(30) + short(32);
  if (next > end) throw damaged("its directory is cut");
  const name = new TextDecoder().decode(bytes.subarray(at + 46, nameEnd));
  const stored = short(10) === 0 && (short(8) & 1) === 0;
  if (!stored || long(20) !== long(24)) {
    throw new WeightsError(
      `the zip's ${quote(name)} is compressed or encrypted, which torch.save ` +
        "never does; give the file as PyTorch wrote it",
    );
  }
  const local = long(42);
  if (local + 30 > at || view.getUint32(local, true) !== LOCAL) {
    throw damaged(`${quote(name)} is not where its directory says`);
  }
  const start = local + 30 + view.getUint16(local + 26, true) +
    view.getUint16(local + 28, true);
  if (start + long(24) > at) throw damaged(`${quote(name)} is cut`);
  const data = bytes.subarray(start, start + long(24));
  return { name, data, crc: long(16), next };
}
