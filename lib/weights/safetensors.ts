import { FLOATS, floatType, MAX_NUMBERS, ROUNDED } from "./dtypes.ts";
import {
  type Counters,
  counterValue,
  isCounter,
  quote,
  sizeOf,
  type StateDict,
  type Weights,
  WeightsError,
} from "./state_dict.ts";

/** What a safetensors file holds: arrays by name, and free text by key. */
export interface Safetensors {
  /** 32-bit floats. */
  weights: StateDict;
  /** Single whole numbers, as PyTorch's `num_batches_tracked`. */
  counters: Counters;
  metadata: Record<string, string>;
}

interface HeaderEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** A checked entry of the header. */
interface Entry {
  name: string;
  dtype: string;
  shape: number[];
  start: number;
  end: number;
}

const PREFIX = 8;
/** Far more than names and a training's history need. */
const MAX_HEADER = 4 * 2 ** 20;

/**
 * Writes arrays in the safetensors format, 32-bit floats and 64-bit counters
 * in little-endian order. `safetensors.torch.load_file` reads the result.
 *
 * @param contents arrays, counters and metadata
 * @returns the file's bytes
 * @see https://huggingface.co/docs/safetensors
 *
 * @example What is written reads back
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const weights = new Map([["w", { shape: [2], data: Float32Array.of(1, 2) }]]);
 * const counters = new Map([["bn.num_batches_tracked", 120]]);
 * const contents = { weights, counters, metadata: { epoch: "3" } };
 * const read = readSafetensors(writeSafetensors(contents));
 * assertEquals(read, { ...contents, notes: [] });
 * ```
 */
export function writeSafetensors(
  { weights, counters, metadata }: Safetensors,
): Uint8Array<ArrayBuffer> {
  let offset = 0;
  const header: Record<string, unknown> = { __metadata__: metadata };
  const arrays: ArrayBufferView[] = [];
  const add = (
    name: string,
    dtype: string,
    shape: number[],
    data: ArrayBufferView,
  ) => {
    const end = offset + data.byteLength;
    header[name] = { dtype, shape, data_offsets: [offset, end] };
    arrays.push(data);
    offset = end;
  };
  // The wider numbers first, so that all are aligned.
  for (const [name, count] of counters) {
    add(name, "I64", [], BigInt64Array.of(BigInt(count)));
  }
  for (const [name, { shape, data }] of weights) add(name, "F32", shape, data);
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Spaces to a multiple of 8 keep the floats aligned, as the format asks.
  const length = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(PREFIX + length + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.fill(0x20, PREFIX, PREFIX + length);
  bytes.set(json, PREFIX);
  let position = PREFIX + length;
  for (const { buffer, byteOffset, byteLength } of arrays) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), position);
    position += byteLength;
  }
  return bytes;
}

/**
 * Reads a safetensors file as strictly as the format's own library: no name
 * twice, no byte that belongs to two arrays or to none. Half-precision numbers
 * (F16, BF16) become 32-bit floats exactly, F64 ones are rounded.
 *
 * @param bytes the whole file
 * @throws {WeightsError} when the file is damaged, or holds other number types
 */
export function readSafetensors(
  bytes: Uint8Array,
): Safetensors & { notes: string[] } {
  const { header, body } = splitFile(bytes);
  const { __metadata__, ...arrays } = header;
  const metadata = readMetadata(__metadata__);
  const entries = Object.entries(arrays).map(([name, entry]) =>
    checkEntry(name, entry)
  );
  checkLayout(entries, body.length);
  const weights: StateDict = new Map();
  const counters: Counters = new Map();
  for (const entry of entries) {
    const { name } = entry;
    if (isCounter(name)) counters.set(name, readCounter(entry, body));
    else weights.set(name, readFloats(entry, body));
  }
  const rounded = entries.some(({ dtype }) => dtype === "F64");
  return { weights, counters, metadata, notes: rounded ? [ROUNDED] : [] };
}

/** Bytes at the beginning of a file that hold its header, whatever its size. */
export const HEADER_BYTES = PREFIX + MAX_HEADER;

/**
 * The metadata of a safetensors file, from its beginning alone: a checkpoint
 * need not be read whole to know how far it is.
 *
 * @param bytes the file, or its first {@linkcode HEADER_BYTES}
 * @throws {WeightsError} when the header is damaged
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const contents = { weights: new Map(), counters: new Map(), metadata: { epoch: "3" } };
 * assertEquals(readSafetensorsMetadata(writeSafetensors(contents)), { epoch: "3" });
 * ```
 */
export function readSafetensorsMetadata(
  bytes: Uint8Array,
): Record<string, string> {
  return readMetadata(splitFile(bytes).header.__metadata__);
}

function damaged(why: string) {
  return new WeightsError(
    `the safetensors file is damaged: ${why}; copy or save it again`,
  );
}

function splitFile(bytes: Uint8Array) {
  if (bytes.length < PREFIX) throw damaged("it is shorter than its header");
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const length = Number(view.getBigUint64(0, true));
  if (PREFIX + length > bytes.length) {
    throw damaged("it ends before its header does");
  }
  if (length > MAX_HEADER) throw damaged("its header has more than 4 MiB");
  const header = parseHeader(bytes.subarray(PREFIX, PREFIX + length));
  return { header, body: bytes.subarray(PREFIX + length) };
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  if (bytes[0] !== 0x7b) throw damaged("its header does not begin with {");
  let text: string;
  let header: Record<string, unknown>;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    header = JSON.parse(text);
  } catch {
    throw damaged("its header is not JSON");
  }
  const twice = repeatedKey(text);
  if (twice !== undefined) {
    throw damaged(`its header has ${quote(twice)} twice`);
  }
  return header;
}

/** The first key that an object of valid JSON holds twice, which JSON.parse hides. */
function repeatedKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  const tokens = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[{}]/g;
  for (const [token, text, colon] of json.matchAll(tokens)) {
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (colon) {
      const key: string = JSON.parse(text);
      const keys = open[open.length - 1];
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
}

function readMetadata(value: unknown): Record<string, string> {
  if (value === undefined || value === null) return {};
  const isText = (text: unknown) => typeof text === "string";
  if (
    typeof value !== "object" || Array.isArray(value) ||
    !Object.values(value).every(isText)
  ) throw damaged("its metadata is not text by name");
  return value as Record<string, string>;
}

/** An array's description, of a known type and with a size that fits its shape. */
function checkEntry(name: string, value: unknown): Entry {
  const natural = (value: unknown) =>
    Number.isSafeInteger(value) && Number(value) >= 0;
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as HeaderEntry;
  const width = isCounter(name)
    ? dtype === "I64" ? 8 : undefined
    : floatType(dtype)?.width;
  if (width === undefined) {
    const found = typeof dtype === "string" ? quote(dtype) : "unknown";
    const known = isCounter(name) ? "I64" : Object.keys(FLOATS).join(", ");
    throw new WeightsError(
      `${quote(name)} holds ${found} numbers, not ${known} ones; ` +
        "convert it with tensor.float() before saving",
    );
  }
  const wellFormed = Array.isArray(shape) && shape.every(natural) &&
    Array.isArray(offsets) && offsets.length === 2 && offsets.every(natural);
  if (!wellFormed || offsets[1] - offsets[0] !== width * sizeOf(shape)) {
    throw damaged(`${quote(name)} has a shape that does not fit its bytes`);
  }
  return { name, dtype, shape, start: offsets[0], end: offsets[1] };
}

/** Checks that arrays follow one another without gap or overlap to the end. */
function checkLayout(entries: Entry[], length: number) {
  let end = 0;
  let numbers = 0;
  const inOrder = entries.toSorted((a, b) =>
    a.start - b.start || a.end - b.end
  );
  for (const entry of inOrder) {
    const name = quote(entry.name);
    if (entry.start < end) throw damaged(`${name} overlaps another array`);
    if (entry.start > end) throw damaged(`bytes before ${name} are no array's`);
    if (entry.end > length) throw damaged(`it ends before ${name} does`);
    end = entry.end;
    numbers += sizeOf(entry.shape);
  }
  if (end < length) throw damaged("bytes after the last array are no array's");
  if (numbers > MAX_NUMBERS) {
    throw new WeightsError(
      `the safetensors file holds ${numbers} numbers, more than ${MAX_NUMBERS}; ` +
        "give the weights of one model here",
    );
  }
}

function readFloats(
  { dtype, shape, start, end }: Entry,
  body: Uint8Array,
): Weights {
  const { width, read } = FLOATS[dtype];
  const view = new DataView(body.buffer, body.byteOffset + start, end - start);
  const data = new Float32Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = read(view, width * i, true);
  return { shape, data };
}

function readCounter({ name, start, end }: Entry, body: Uint8Array): number {
  // A copy, for the bytes in the file need not be aligned.
  const data = body.slice(start, end) as Uint8Array<ArrayBuffer>;
  return counterValue(name, new BigInt64Array(data.buffer));
}
