/** Most numbers that one file may hold: 256 MiB of 32-bit ones. */
export const MAX_NUMBERS = 2 ** 26;

/** A number type of weights in files. */
export interface Dtype {
  /** Bytes a number. */
  width: number;
  /** The number at a byte's position, as a double. */
  read(view: DataView, position: number, littleEndian: boolean): number;
}

/** The number types that are read, by their safetensors names. */
export const FLOATS: Record<string, Dtype> = {
  F16: { width: 2, read: (view, at, little) => view.getFloat16(at, little) },
  BF16: { width: 2, read: readBfloat16 },
  F32: { width: 4, read: (view, at, little) => view.getFloat32(at, little) },
  F64: { width: 8, read: (view, at, little) => view.getFloat64(at, little) },
};

/** What to tell about numbers that lost digits on the way to 32 bits. */
export const ROUNDED = "64-bit numbers were rounded to 32 bits";

/** The type of that name; undefined for one that is not read. */
export function floatType(name: unknown): Dtype | undefined {
  return typeof name === "string" && Object.hasOwn(FLOATS, name)
    ? FLOATS[name]
    : undefined;
}

const half = new DataView(new ArrayBuffer(4));

/** A bfloat16 is the upper half of a 32-bit float. */
function readBfloat16(view: DataView, at: number, little: boolean): number {
  half.setUint16(0, view.getUint16(at, little));
  return half.getFloat32(0);
}
