/** Damaged files, made at random from a seed, and what readers answer to them. */
import { crc32 } from "node:zlib";
import { type RandomGenerator, uniform } from "../lib/support/random.ts";
import { randomStream } from "../lib/support/random.ts";

/** A kind of file: whole ones, and how they are read. */
export interface Kind {
  name: string;
  originals: Uint8Array[];
  /** Reads a file; the result is let go. */
  read: (bytes: Uint8Array) => unknown;
  /** Names of the error classes that the reader documents. */
  refusals: readonly string[];
  /** Where the file has text whose numbers and keys are changed, too. */
  text?: (bytes: Uint8Array) => Span;
  /** Makes checksums and lengths right again after a change of the text. */
  mend?: (bytes: Uint8Array) => Uint8Array;
}

/** Bytes from `start` up to `end`. */
export interface Span {
  start: number;
  end: number;
}

/** How many inputs were read, and how many refused by error class. */
export type Tally = Record<string, number>;

/** An input that was answered with anything but a result or a short refusal. */
export class Offence extends Error {
  override name = "Offence";
  constructor(why: string, readonly kind: string, readonly input: Uint8Array) {
    super(why);
  }
}

const MAX_MILLISECONDS = 2_000;
const MAX_GROWTH = 2 ** 30;
const MAX_MESSAGE = 300;

/**
 * Reads damaged files of a kind until the time is over, or so many are read.
 *
 * @param kind of the files
 * @param options.seed and the number of the input decide the input
 * @param options.seconds in all (default: no limit)
 * @param options.rounds files (default: no limit)
 * @returns how many were read and refused
 * @throws {Offence} at the first wrong answer
 */
export async function fuzz(
  kind: Kind,
  { seed, seconds = Infinity, rounds = Infinity }: {
    seed: number;
    seconds?: number;
    rounds?: number;
  },
): Promise<Tally> {
  const tally: Tally = {};
  const end = performance.now() + 1000 * seconds;
  for (let i = 0; i < rounds && performance.now() < end; i++) {
    const random = randomStream((seed * 1_000_003 + i) >>> 0, "order");
    const answer = await answerTo(kind, damage(kind, random));
    tally[answer] = (tally[answer] ?? 0) + 1;
  }
  return tally;
}

/**
 * What a reader says to a file.
 *
 * @returns `read`, or the class of the error that refused it
 * @throws {Offence} for another error, a long or broken message, more than 2 s
 * or 1 GiB of memory
 */
export async function answerTo(
  kind: Kind,
  input: Uint8Array,
): Promise<string> {
  const offence = (why: string) => new Offence(why, kind.name, input);
  const before = Deno.memoryUsage().rss;
  const started = performance.now();
  let answer = "read";
  try {
    await kind.read(input.slice());
  } catch (error) {
    const { name, message } = error as Error;
    if (!kind.refusals.includes(name)) throw offence(`${name}: ${message}`);
    if (message.length > MAX_MESSAGE || /[\n\r]/.test(message)) {
      throw offence(`a message too long or of several lines: ${message}`);
    }
    answer = name;
  }
  const took = performance.now() - started;
  if (took > MAX_MILLISECONDS) throw offence(`it took ${Math.round(took)} ms`);
  const growth = Deno.memoryUsage().rss - before;
  if (growth > MAX_GROWTH) throw offence(`memory grew by ${growth} bytes`);
  return answer;
}

type Below = (n: number) => number;

function damage(kind: Kind, random: RandomGenerator): Uint8Array {
  const below: Below = (n) => Math.floor(uniform(random, 0, n));
  let bytes = kind.originals[below(kind.originals.length)];
  if (kind.text && below(2) === 0) {
    const span = kind.text(bytes);
    const text = new TextDecoder().decode(bytes.subarray(span.start, span.end));
    bytes = replaced(bytes, span, new TextEncoder().encode(edit(text, below)));
    if (below(4) > 0) return kind.mend?.(bytes) ?? bytes;
  }
  for (let n = 1 + below(4); n > 0; n--) bytes = changed(bytes, below);
  return below(3) === 0 ? kind.mend?.(bytes) ?? bytes : bytes;
}

export function replaced(
  bytes: Uint8Array,
  { start, end }: Span,
  by: Uint8Array,
): Uint8Array {
  const result = new Uint8Array(bytes.length - (end - start) + by.length);
  result.set(bytes.subarray(0, start));
  result.set(by, start);
  result.set(bytes.subarray(end), start + by.length);
  return result;
}

/** Integers at which arithmetic of sizes and offsets goes wrong. */
const EDGES = [0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0xffffffff];

/** One change of any bytes. */
function changed(bytes: Uint8Array, below: Below): Uint8Array {
  const { length } = bytes;
  if (length < 8) return Uint8Array.of(below(256), ...bytes);
  const place = () =>
    // Headers are at the start, a zip's directory at the end.
    [
      below(Math.min(length, 4_000)),
      length - 1 - below(Math.min(length, 4_000)),
    ]
      .concat(below(length))[below(3)];
  const span = (): Span => {
    const start = place();
    return { start, end: Math.min(length, start + 1 + below(64)) };
  };
  const at = place();
  const copy = bytes.slice();
  switch (below(7)) {
    case 0:
      copy[at] ^= 1 << below(8);
      return copy;
    case 1:
      copy[at] = below(256);
      return copy;
    case 2:
      return bytes.slice(0, at);
    case 3: {
      const { start, end } = span();
      return replaced(bytes, { start: at, end: at }, bytes.slice(start, end));
    }
    case 4: {
      const [one, other] = [span(), span()];
      const part = bytes.slice(one.start, one.end);
      copy.set(
        bytes.subarray(other.start, other.end).subarray(0, length - one.start),
        one.start,
      );
      copy.set(part.subarray(0, length - other.start), other.start);
      return copy;
    }
    case 5:
      new DataView(copy.buffer).setUint32(
        Math.min(at, length - 4),
        EDGES[below(EDGES.length)],
        below(2) === 0,
      );
      return copy;
    default:
      return replaced(bytes, span(), new Uint8Array());
  }
}

/** What takes a value's place in JSON. */
const VALUES = [
  ...["null", "true", "-1", "0", "1", "1.5", "1e400", "4294967296", '""'],
  ...["9007199254740993", "[]", "{}", "[[]]", '{"toString":1}', '"F64"'],
  ...['"\\u0000\\n"', '{"length":3}', "[1,2,3]"],
  `"${"long ".repeat(200)}"`,
  `${"[".repeat(20_000)}${"]".repeat(20_000)}`,
];

/** Stands in a tree for the text of VALUES that JSON.stringify() could not write. */
const MARKER = /"@value (\d+)@"/g;

/** One to three changes of JSON; of text that is no JSON, none. */
function edit(json: string, below: Below): string {
  let text = json;
  for (let n = 1 + below(3); n > 0; n--) {
    let tree: unknown;
    try {
      tree = JSON.parse(text);
    } catch {
      return text;
    }
    // What is nested too deeply to be written again stays as it is.
    if (text.includes("[[[[")) return text;
    text = JSON.stringify(editNode(tree, below))
      .replace(MARKER, (_, index) => VALUES[index]);
  }
  return text;
}

function editNode(node: unknown, below: Below): unknown {
  if (typeof node === "string" && /^[[{]/.test(node)) return edit(node, below);
  const keys = Object.keys(Object(node));
  if (typeof node === "string" || keys.length === 0 || below(8) === 0) {
    return `@value ${below(VALUES.length)}@`;
  }
  const copy = (Array.isArray(node) ? [...node] : { ...node as object }) as
    & Record<string, unknown>
    & unknown[];
  // One key among many arrays, but the one with most to read.
  const key = "__metadata__" in copy && below(2) === 0
    ? "__metadata__"
    : keys[below(keys.length)];
  const other = keys[below(keys.length)];
  const change = below(8);
  if (change === 0) delete copy[key];
  else if (change === 1) copy[key] = copy[other];
  else if (change === 2) copy[`${key}${other}`] = copy[key];
  else if (change === 3) [copy[key], copy[other]] = [copy[other], copy[key]];
  else if (change === 4 && typeof copy[key] === "number") {
    copy[key] = copy[key] as number + 1 - 2 * below(2);
  } else copy[key] = editNode(copy[key], below);
  return copy;
}

/** Where a safetensors file has its header. */
export function safetensorsHeader(bytes: Uint8Array): Span {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { start: 8, end: 8 + Number(view.getBigUint64(0, true)) };
}

/** Writes the length of the header that begins with `{"` and ends before the numbers. */
export function withHeaderLength(original: Uint8Array) {
  const { end } = safetensorsHeader(original);
  const numbers = original.length - end;
  return (bytes: Uint8Array) => {
    const copy = bytes.slice();
    if (copy.length < 8 + numbers) return copy;
    new DataView(copy.buffer)
      .setBigUint64(0, BigInt(copy.length - 8 - numbers), true);
    return copy;
  };
}

/** Makes the checksums of a PNG file's chunks right. */
export function withPngChecksums(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  for (let at = 8; at + 12 <= copy.length;) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > copy.length) break;
    view.setUint32(end, crc32(copy.subarray(at + 4, end)));
    at = end + 4;
  }
  return copy;
}

/** Drops the checksums of a stored zip, which a reader then cannot check. */
export function withoutZipChecksums(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  for (let i = 0; i + 46 <= copy.length; i++) {
    const isEntry = copy[i] === 0x50 && copy[i + 1] === 0x4b &&
      copy[i + 2] === 1 && copy[i + 3] === 2;
    if (isEntry) copy.fill(0, i + 16, i + 20);
  }
  return copy;
}
