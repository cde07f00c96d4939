import { quote, WeightsError } from "./state_dict.ts";

/** A tensor as PyTorch's pickle describes it; its numbers are in another file. */
export interface PickledTensor {
  /** Names the zip entry `archive/data/<key>`. */
  key: string;
  dtype: "float32" | "int64";
  /** First number, counted in numbers. */
  offset: number;
  shape: number[];
  strides: number[];
}

/** A Python function the pickle names but that we only recognise. */
class Global {
  constructor(readonly name: string) {}
}

/** A storage the pickle refers to by key. */
class Storage {
  constructor(readonly key: string, readonly dtype: PickledTensor["dtype"]) {}
}

const MARK = Symbol("mark");

const STORAGES: Record<string, PickledTensor["dtype"]> = {
  "torch FloatStorage": "float32",
  "torch LongStorage": "int64",
};

const REBUILD = "torch._utils _rebuild_tensor_v2";
const ORDERED_DICT = "collections OrderedDict";
const ALLOWED = new Set([ORDERED_DICT, REBUILD, ...Object.keys(STORAGES)]);

const damaged = (why: string) =>
  new WeightsError(`the PyTorch file is damaged: ${why}`);

/**
 * Reads the pickle of a PyTorch state dict: the few opcodes such a pickle
 * needs, and no others. Nothing in it can be called: `OrderedDict` and
 * `_rebuild_tensor_v2` are recognised by name and any other name is refused.
 * Opcodes are read once, front to back, so that time and memory stay
 * proportional to the file's length.
 *
 * @param bytes `archive/data.pkl`
 * @returns tensors by name
 * @throws {WeightsError} for anything else than a state dict
 * @see Python's `pickletools` for the opcodes
 */
export function readPickle(bytes: Uint8Array): Map<string, PickledTensor> {
  const machine = new Machine(bytes);
  const result = machine.run();
  if (!(result instanceof Map)) {
    throw new WeightsError("the PyTorch file holds no state dict");
  }
  const tensors = new Map<string, PickledTensor>();
  for (const [name, value] of result) {
    if (typeof name !== "string" || !isTensor(value)) {
      throw new WeightsError(
        "the PyTorch file holds something other than named tensors",
      );
    }
    tensors.set(name, value);
  }
  return tensors;
}

function isTensor(value: unknown): value is PickledTensor {
  return typeof value === "object" && value !== null && "strides" in value;
}

class Machine {
  #position = 0;
  #stack: unknown[] = [];
  #memo = new Map<number, unknown>();
  #view: DataView;

  constructor(readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  run(): unknown {
    for (;;) {
      const opcode = this.#byte();
      if (opcode === 0x2e) return this.#pop(); // STOP
      this.#step(opcode);
    }
  }

  #step(opcode: number) {
    switch (opcode) {
      case 0x80: // PROTO
        if (this.#byte() > 5) throw damaged("an unknown pickle protocol");
        return;
      case 0x28: // MARK
        return this.#push(MARK);
      case 0x63: // GLOBAL
        return this.#push(this.#global(`${this.#line()} ${this.#line()}`));
      case 0x71: // BINPUT
        return this.#memo.set(this.#byte(), this.#top());
      case 0x72: // LONG_BINPUT
        return this.#memo.set(this.#uint32(), this.#top());
      case 0x68: // BINGET
        return this.#push(this.#recall(this.#byte()));
      case 0x6a: // LONG_BINGET
        return this.#push(this.#recall(this.#uint32()));
      case 0x58: // BINUNICODE
        return this.#push(this.#text(this.#uint32()));
      case 0x4b: // BININT1
        return this.#push(this.#byte());
      case 0x4d: // BININT2
        return this.#push(this.#byte() + 256 * this.#byte());
      case 0x4a: // BININT
        return this.#push(this.#uint32() | 0);
      case 0x88: // NEWTRUE
        return this.#push(true);
      case 0x89: // NEWFALSE
        return this.#push(false);
      case 0x29: // EMPTY_TUPLE
        return this.#push([]);
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        return this.#push(this.#take(opcode - 0x84));
      case 0x74: // TUPLE
        return this.#push(this.#toMark());
      case 0x7d: // EMPTY_DICT
        return this.#push(new Map());
      case 0x73: // SETITEM
        return this.#setItems(this.#take(2));
      case 0x75: // SETITEMS
        return this.#setItems(this.#toMark());
      case 0x51: // BINPERSID
        return this.#push(this.#storage(this.#pop()));
      case 0x52: // REDUCE
        return this.#reduce();
      case 0x62: // BUILD: attributes of the dict (`_metadata`), not its items
        this.#pop();
        return;
      default: {
        const hex = opcode.toString(16).padStart(2, "0");
        throw new WeightsError(
          `the PyTorch file's pickle uses opcode 0x${hex}, which a state dict does not need`,
        );
      }
    }
  }

  #byte(): number {
    if (this.#position >= this.bytes.length) {
      throw damaged("its pickle ends early");
    }
    return this.bytes[this.#position++];
  }

  #uint32(): number {
    const start = this.#advance(4);
    return this.#view.getUint32(start, true);
  }

  #advance(length: number): number {
    const start = this.#position;
    if (start + length > this.bytes.length) {
      throw damaged("its pickle ends early");
    }
    this.#position += length;
    return start;
  }

  #text(length: number): string {
    const start = this.#advance(length);
    return new TextDecoder().decode(this.bytes.subarray(start, start + length));
  }

  #line(): string {
    const end = this.bytes.indexOf(0x0a, this.#position);
    if (end < 0) throw damaged("its pickle ends early");
    const text = this.#text(end - this.#position);
    this.#position++;
    return text;
  }

  #push(value: unknown) {
    this.#stack.push(value);
  }

  #top(): unknown {
    if (this.#stack.length === 0) throw damaged("its pickle's stack is empty");
    return this.#stack[this.#stack.length - 1];
  }

  #pop(): unknown {
    const value = this.#top();
    this.#stack.length--;
    return value;
  }

  #take(count: number): unknown[] {
    if (this.#stack.length < count) {
      throw damaged("its pickle's stack is empty");
    }
    return this.#stack.splice(this.#stack.length - count);
  }

  #toMark(): unknown[] {
    const mark = this.#stack.lastIndexOf(MARK);
    if (mark < 0) throw damaged("its pickle lacks a mark");
    const values = this.#stack.splice(mark);
    values.shift();
    return values;
  }

  #recall(index: number): unknown {
    if (!this.#memo.has(index)) {
      throw damaged("its pickle's memo is incomplete");
    }
    return this.#memo.get(index);
  }

  #global(name: string): Global {
    if (!ALLOWED.has(name)) {
      throw new WeightsError(
        `the PyTorch file asks for Python's ${
          quote(name.replace(" ", "."))
        }, ` +
          "which loading weights never needs; it was not run",
      );
    }
    return new Global(name);
  }

  #storage(id: unknown): Storage {
    if (!Array.isArray(id)) throw damaged("a tensor without a storage");
    const [kind, type, key] = id;
    const dtype = type instanceof Global ? STORAGES[type.name] : undefined;
    if (kind !== "storage" || !dtype || typeof key !== "string") {
      throw damaged("a tensor's storage is not one of floats or integers");
    }
    return new Storage(key, dtype);
  }

  #reduce() {
    const [callee, args] = this.#take(2);
    if (!(callee instanceof Global) || !Array.isArray(args)) {
      throw damaged("its pickle calls something that is no function");
    }
    if (callee.name === ORDERED_DICT && args.length === 0) {
      this.#push(new Map());
    } else if (callee.name === REBUILD) {
      this.#push(this.#tensor(args));
    } else {
      throw damaged(
        `its pickle calls ${callee.name.replace(" ", ".")} wrongly`,
      );
    }
  }

  #tensor([storage, offset, shape, strides]: unknown[]): PickledTensor {
    const natural = (value: unknown) =>
      Number.isInteger(value) && Number(value) >= 0;
    const naturals = (value: unknown): value is number[] =>
      Array.isArray(value) && value.every(natural);
    if (
      !(storage instanceof Storage) || !natural(offset) || !naturals(shape) ||
      !naturals(strides) || strides.length !== shape.length
    ) throw damaged("a tensor's description makes no sense");
    const { key, dtype } = storage;
    return { key, dtype, offset: offset as number, shape, strides };
  }

  #setItems(items: unknown[]) {
    const target = this.#top();
    if (!(target instanceof Map) || items.length % 2) {
      throw damaged("its pickle puts items into something that is no dict");
    }
    for (let i = 0; i < items.length; i += 2) {
      target.set(items[i], items[i + 1]);
    }
  }
}
