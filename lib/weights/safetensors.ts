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

const PREFIX = 8;
/** The format's own limit, so that a damaged length cannot ask for more. */
const MAX_HEADER = 100_000_000;

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
 * assertEquals(readSafetensors(writeSafetensors(contents)), contents);
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
 * Reads a safetensors file of 32-bit floats and of PyTorch's 64-bit
 * `num_batches_tracked` counters.
 *
 * @param bytes the whole file
 * @throws {WeightsError} when the file is damaged, or holds other number types
 */
export function readSafetensors(bytes: Uint8Array): Safetensors {
  const { header, body } = splitFile(bytes);
  const weights: StateDict = new Map();
  const counters: Counters = new Map();
  let metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") metadata = entry as Record<string, string>;
    else if (isCounter(name)) {
      counters.set(name, readCounter(name, entry as HeaderEntry, body));
    } else weights.set(name, readFloats(name, entry as HeaderEntry, body));
  }
  return { weights, counters, metadata };
}

function splitFile(bytes: Uint8Array) {
  const damaged = (why: string) =>
    new WeightsError(`the safetensors file is damaged: ${why}`);
  if (bytes.length < PREFIX) throw damaged("it is shorter than its header");
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const length = Number(view.getBigUint64(0, true));
  if (length > MAX_HEADER || PREFIX + length > bytes.length) {
    throw damaged("it ends before its header does");
  }
  const text = new TextDecoder().decode(
    bytes.subarray(PREFIX, PREFIX + length),
  );
  try {
    const header = JSON.parse(text);
    if (header === null || typeof header !== "object") throw new Error();
    return {
      header: header as Record<string, unknown>,
      body: bytes.subarray(PREFIX + length),
    };
  } catch {
    throw damaged("its header is not JSON");
  }
}

function readFloats(
  name: string,
  entry: HeaderEntry,
  body: Uint8Array,
): Weights {
  const data = readArray(name, entry, body, "F32", 4);
  return { shape: entry.shape, data: new Float32Array(data.buffer) };
}

function readCounter(
  name: string,
  entry: HeaderEntry,
  body: Uint8Array,
): number {
  const data = readArray(name, entry, body, "I64", 8);
  return counterValue(name, new BigInt64Array(data.buffer));
}

/** The bytes of one array, in memory of their own. */
function readArray(
  name: string,
  entry: HeaderEntry,
  body: Uint8Array,
  dtype: string,
  width: number,
): Uint8Array<ArrayBuffer> {
  const natural = (value: unknown) =>
    Number.isInteger(value) && Number(value) >= 0;
  if (entry?.dtype !== dtype) {
    throw new WeightsError(
      `${quote(name)} holds ${
        quote(String(entry?.dtype))
      } numbers, not ${dtype} ones`,
    );
  }
  const { shape, data_offsets: offsets } = entry;
  const wellFormed = Array.isArray(shape) && shape.every(natural) &&
    Array.isArray(offsets) && offsets.length === 2 && offsets.every(natural);
  if (!wellFormed || offsets[1] - offsets[0] !== width * sizeOf(shape)) {
    throw new WeightsError(
      `${quote(name)} has a shape that does not fit its bytes`,
    );
  }
  if (offsets[1] > body.length) {
    throw new WeightsError(
      `the safetensors file is damaged: it ends before ${quote(name)} does`,
    );
  }
  // A copy, for the bytes in the file need not be aligned.
  return body.slice(...offsets) as Uint8Array<ArrayBuffer>;
}
