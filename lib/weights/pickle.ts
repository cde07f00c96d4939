import { WeightsError } from "./state_dict.ts";

/** A Python function or class that the pickle names; it is never called. */
export class Global {
  constructor(readonly name: string) {}
}

/** What Python would have made by calling `callee`. */
export class Call {
  constructor(readonly callee: Global, readonly args: unknown[]) {}
}

/** An object that the pickle refers to but that lies elsewhere. */
export class Reference {
  constructor(readonly id: unknown) {}
}

const MARK = Symbol("mark");
/** Names and shapes need far less. */
const MAX_BYTES = 2 ** 20;
const MAX_NAME = 200;
const ORDERED_DICT = "collections.OrderedDict";

export const damaged = (why: string) =>
  new WeightsError(
    `the PyTorch file is damaged: ${why}; copy or save it again`,
  );

/**
 * Reads a pickle (protocols 2 to 5) as data. Nothing in it can be called:
 * dicts become maps, lists and tuples arrays, and what Python would call is
 * kept as a {@linkcode Call}. Opcodes are read once, front to back, so that
 * time and memory stay proportional to the length.
 *
 * @param bytes the pickle
 * @throws {WeightsError} for a damaged pickle, one of more than 1 MiB, or one
 * with opcodes that no state dict needs
 * @see Python's `pickletools` for the opcodes
 */
export function readPickle(bytes: Uint8Array): unknown {
  if (bytes.length > MAX_BYTES) {
    throw new WeightsError(
      `the PyTorch file's pickle has ${bytes.length} bytes, more than ` +
        `${MAX_BYTES}; save the model's state_dict() alone`,
    );
  }
  return new Machine(bytes).run();
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
      case 0x95: // FRAME
        return void this.#advance(8);
      case 0x28: // MARK
        return this.#push(MARK);
      case 0x30: // POP
        return void this.#pop();
      case 0x31: // POP_MARK
        return void this.#toMark();
      case 0x32: // DUP
        return this.#push(this.#top());
      case 0x63: // GLOBAL
        return this.#push(this.#global(this.#line(), this.#line()));
      case 0x93: { // STACK_GLOBAL
        const [module, name] = this.#take(2);
        return this.#push(this.#global(module, name));
      }
      case 0x71: // BINPUT
        return this.#memo.set(this.#byte(), this.#top());
      case 0x72: // LONG_BINPUT
        return this.#memo.set(this.#uint32(), this.#top());
      case 0x94: // MEMOIZE
        return this.#memo.set(this.#memo.size, this.#top());
      case 0x68: // BINGET
        return this.#push(this.#recall(this.#byte()));
      case 0x6a: // LONG_BINGET
        return this.#push(this.#recall(this.#uint32()));
      case 0x58: // BINUNICODE
        return this.#push(this.#text(this.#uint32()));
      case 0x8c: // SHORT_BINUNICODE
        return this.#push(this.#text(this.#byte()));
      case 0x8d: // BINUNICODE8
        return this.#push(this.#text(this.#uint64()));
      case 0x54: // BINSTRING
      case 0x42: // BINBYTES
        return this.#skip(this.#uint32());
      case 0x55: // SHORT_BINSTRING
      case 0x43: // SHORT_BINBYTES
        return this.#skip(this.#byte());
      case 0x8e: // BINBYTES8
      case 0x96: // BYTEARRAY8
        return this.#skip(this.#uint64());
      case 0x4b: // BININT1
        return this.#push(this.#byte());
      case 0x4d: // BININT2
        return this.#push(this.#byte() + 256 * this.#byte());
      case 0x4a: // BININT
        return this.#push(this.#uint32() | 0);
      case 0x8a: // LONG1
        return this.#push(this.#long(this.#byte()));
      case 0x8b: // LONG4
        return this.#push(this.#long(this.#uint32()));
      case 0x47: // BINFLOAT
        return this.#push(this.#view.getFloat64(this.#advance(8)));
      case 0x4e: // NONE
        return this.#push(null);
      case 0x88: // NEWTRUE
        return this.#push(true);
      case 0x89: // NEWFALSE
        return this.#push(false);
      case 0x29: // EMPTY_TUPLE
      case 0x5d: // EMPTY_LIST
      case 0x8f: // EMPTY_SET
        return this.#push([]);
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        return this.#push(this.#take(opcode - 0x84));
      case 0x74: // TUPLE
      case 0x6c: // LIST
      case 0x91: // FROZENSET
        return this.#push(this.#toMark());
      case 0x61: // APPEND
        return this.#append(this.#take(1));
      case 0x65: // APPENDS
      case 0x90: // ADDITEMS
        return this.#append(this.#toMark());
      case 0x7d: // EMPTY_DICT
        return this.#push(new Map());
      case 0x73: // SETITEM
        return this.#setItems(this.#take(2));
      case 0x75: // SETITEMS
        return this.#setItems(this.#toMark());
      case 0x51: // BINPERSID
        return this.#push(new Reference(this.#pop()));
      case 0x52: // REDUCE
      case 0x81: // NEWOBJ
        return this.#reduce();
      case 0x92: // NEWOBJ_EX, whose keywords do not matter
        this.#pop();
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

  #global(module: unknown, name: unknown): Global {
    const texts = typeof module === "string" && typeof name === "string";
    if (!texts || module.length + name.length > MAX_NAME) {
      throw damaged("its pickle names no function or class");
    }
    return new Global(`${module}.${name}`);
  }

  #reduce() {
    const [callee, args] = this.#take(2);
    if (callee instanceof Call) return this.#push(callee);
    if (!(callee instanceof Global) || !Array.isArray(args)) {
      throw damaged("its pickle calls something that is no function");
    }
    const isDict = callee.name === ORDERED_DICT && args.length === 0;
    this.#push(isDict ? new Map() : new Call(callee, args));
  }

  #append(items: unknown[]) {
    const target = this.#top();
    if (target instanceof Call) return;
    if (!Array.isArray(target)) {
      throw damaged("its pickle adds items to something that is no list");
    }
    for (const item of items) target.push(item);
  }

  /** A whole number of any length; beyond 2^53 it is not needed exactly. */
  #long(length: number): number {
    const start = this.#advance(length);
    let value = 0;
    for (let i = length - 1; i >= 0; i--) {
      value = value * 256 + this.bytes[start + i];
    }
    const negative = length > 0 && this.bytes[start + length - 1] > 127;
    return negative ? value - 256 ** length : value;
  }

  /** A length of eight bytes. */
  #uint64(): number {
    return Number(this.#view.getBigUint64(this.#advance(8), true));
  }

  #skip(length: number) {
    this.#advance(length);
    this.#push(undefined);
  }

  #setItems(items: unknown[]) {
    const target = this.#top();
    if (target instanceof Call) return;
    if (!(target instanceof Map) || items.length % 2) {
      throw damaged("its pickle puts items into something that is no dict");
    }
    for (let i = 0; i < items.length; i += 2) {
      target.set(items[i], items[i + 1]);
    }
  }
}
